package ui

// Tile is where a province stands on a map of tiles: a short name of words of at
// most seven letters, a column from 1 to 6 and a row from 1 to 10.
type Tile struct {
	Short    string
	Col, Row int
}

// FormerTiles lays the southern provinces of before the merger of 2025 out as they
// lie, by slug, in five columns: north at the top, the sea to the east and south.
func FormerTiles() map[string]Tile {
	return map[string]Tile{
		"binh-phuoc": {"B.Phước", 4, 1}, "tay-ninh": {"T.Ninh", 2, 1}, "binh-duong": {"B.Dương", 3, 2}, "dong-nai": {"Đ.Nai", 4, 2}, "binh-thuan": {"B.Thuận", 5, 2},
		"long-an": {"L.An", 2, 3}, "ho-chi-minh": {"TP.HCM", 3, 3}, "ba-ria-vung-tau": {"BR-VT", 4, 3},
		"an-giang": {"A.Giang", 1, 4}, "dong-thap": {"Đ.Tháp", 2, 4}, "tien-giang": {"T.Giang", 3, 4}, "ben-tre": {"B.Tre", 4, 4},
		"kien-giang": {"K.Giang", 1, 5}, "can-tho": {"C.Thơ", 2, 5}, "vinh-long": {"V.Long", 3, 5}, "tra-vinh": {"T.Vinh", 4, 5},
		"hau-giang": {"H.Giang", 2, 6}, "soc-trang": {"S.Trăng", 3, 6}, "ca-mau": {"C.Mau", 1, 7}, "bac-lieu": {"B.Liêu", 2, 7},
	}
}

// PresentTiles lays the southern provinces of today out in the same way, in three columns.
func PresentTiles() map[string]Tile {
	return map[string]Tile{
		"tay-ninh": {"Tây Ninh", 2, 1}, "dong-nai": {"Đồng Nai", 3, 1},
		"an-giang": {"An Giang", 1, 2}, "dong-thap": {"Đồng Tháp", 2, 2}, "ho-chi-minh": {"TP. HCM", 3, 2},
		"can-tho": {"Cần Thơ", 2, 3}, "vinh-long": {"Vĩnh Long", 3, 3}, "ca-mau": {"Cà Mau", 1, 4},
	}
}
