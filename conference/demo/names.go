package demo

import "hoinghi/conference/delegation"

// nameLists are what invented names are made of.
type nameLists struct {
	families, maleMiddles, femaleMiddles, maleGivens, femaleGivens []string
	markers                                                        []string // what shows that a name is a sample
}

func newNames() nameLists {
	return nameLists{
		families: []string{"Nguyễn", "Nguyễn", "Nguyễn", "Nguyễn", "Trần", "Trần", "Lê", "Lê", "Phạm", "Huỳnh", "Huỳnh", "Hoàng", "Phan",
			"Vũ", "Võ", "Võ", "Đặng", "Bùi", "Đỗ", "Hồ", "Ngô", "Dương", "Lý", "Trương", "Đoàn", "Lâm", "Mai", "Đinh", "Hà", "Tạ", "Châu",
			"Cao", "Thái", "Lương", "Lưu", "Quách", "Kiều", "Tô", "Từ", "Âu", "Diệp", "Giang", "Triệu", "Tôn"},
		maleMiddles: []string{"Văn", "Văn", "Hữu", "Đức", "Quốc", "Thanh", "Công", "Hoàng", "Xuân", "Ngọc", "Tấn", "Trung", "Phước", "Thành"},
		femaleMiddles: []string{"Thị", "Thị", "Thị", "Thị Ngọc", "Thị Thu", "Thị Kim", "Thị Mỹ", "Thị Bích", "Thị Hồng", "Thùy", "Kim",
			"Ngọc", "Thị Tuyết", "Thị Cẩm"},
		maleGivens: []string{"An", "Ân", "Bảo", "Bình", "Chiến", "Cường", "Danh", "Dũng", "Duy", "Dương", "Đạt", "Đăng", "Hải", "Hậu",
			"Hiếu", "Hòa", "Hùng", "Huy", "Khải", "Khánh", "Khoa", "Kiệt", "Lâm", "Long", "Lộc", "Nam", "Nghĩa", "Nhân", "Phong", "Phú",
			"Phúc", "Quang", "Quý", "Sang", "Sơn", "Tài", "Tâm", "Thắng", "Thịnh", "Thuận", "Tiến", "Toàn", "Trí", "Trung", "Tuấn", "Tùng",
			"Vinh", "Vũ", "Ý"},
		femaleGivens: []string{"Ái", "Anh", "Ánh", "Châu", "Chi", "Diễm", "Diệu", "Dung", "Duyên", "Đào", "Giang", "Hà", "Hạnh", "Hằng",
			"Hiền", "Hoa", "Hồng", "Huệ", "Hương", "Lan", "Liên", "Linh", "Loan", "Mai", "My", "Nga", "Ngân", "Ngọc", "Nhung", "Oanh",
			"Phượng", "Quyên", "Sương", "Thảo", "Thoa", "Thủy", "Thư", "Trang", "Trinh", "Tuyết", "Uyên", "Vân", "Xuân", "Yến"},
		markers: []string{"Mẫu", "Mẫu", "Thí Dụ", "Ví Dụ", "Giả Định", "Minh Họa"},
	}
}

// known is a name that a later test or a demonstration looks for.
type known struct {
	group  int
	name   string
	gender delegation.Gender
}

// wellKnown gives the names of each province that are hard to sort, to search or to
// print, in the order of their groups. One name stands in two provinces on purpose.
func wellKnown() map[string][]known {
	return map[string][]known{
		"tay-ninh": {{0, "Phạm Quốc Mẫu", delegation.Male}, {1, "Nguyễn Văn Mẫu", delegation.Male}, {1, "Đặng Thị Giả Định", delegation.Female},
			{4, "Nguyễn Thị Ví Dụ Ngọc Diễm", delegation.Female}, {7, "Danh Thí Dụ Sóc", delegation.Male}, {7, "Mohamad Ví Dụ Ali", delegation.Male}},
		"ho-chi-minh": {{0, "Công Tằng Tôn Nữ Nguyễn Thị Nguyệt Ví Dụ", delegation.Female}, {1, "Quách Mẫu Quyền", delegation.Male}},
		"binh-phuoc":  {{0, "Điểu K’Rứ Mẫu", delegation.Male}, {8, "Thị Mẫu K’Liên", delegation.Female}},
		"binh-thuan":  {{1, "Qua Đình Thí Dụ", delegation.Male}, {8, "Thông Thị Minh Họa", delegation.Female}},
		"vinh-long":   {{1, "Lữ Ỷ Mẫu", delegation.Unsaid}, {2, "Thạch Minh Họa Sa Vy", delegation.Female}},
		"ben-tre":     {{1, "Nguyễn Văn Mẫu", delegation.Male}},
		"dong-thap":   {{0, "Trần Thị Thí Dụ", delegation.Female}, {2, "Võ Giả Định", delegation.Male}},
		"an-giang":    {{2, "Fatimah Ví Dụ", delegation.Female}, {7, "Chau Mẫu Sóc Kha", delegation.Male}},
		"dong-nai":    {{1, "Lê Minh Họa", delegation.Female}},
		"long-an":     {{0, "Phạm Ngọc Ví Dụ", delegation.Female}},
	}
}
