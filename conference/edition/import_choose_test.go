package edition_test

import (
	"testing"

	"hoinghi/conference"
	"hoinghi/conference/edition"
	"hoinghi/conference/testkit"
	"hoinghi/conference/vietnamese"
)

// What is no choice for old text is refused whatever else was chosen with it; it would
// be taken for "convert".
func TestAnEncodingThatIsNoneIsRefused(t *testing.T) {
	r, d, _, ctx := importRoom(t)
	i, err := r.Upload(ctx, "danh sách.xlsx", workbook(t, nil, page{name: "Một", xml: sheetData(t, "Tên đơn vị|Tỉnh", "Công ty Mẫu|Long An")}, page{name: "Hai", xml: sheetData(t, "Tên đơn vị|Tỉnh", "Công ty Mẫu|Long An")}))
	if err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*edition.ImportChoices){
		"with another sheet": func(c *edition.ImportChoices) { c.Sheet = 1 }, "with another header": func(c *edition.ImportChoices) { c.Header = 1 }, "alone": func(*edition.ImportChoices) {},
	} {
		c := i.Choices
		c.Encoding = "guess"
		change(&c)
		testkit.Refused(t, r.Choose(ctx, i.ID, c), conference.KindInvalid, "encoding: import.error.encoding")
		if now, err := edition.ImportByID(ctx, d, i.ID); err != nil || now.Choices.Encoding != edition.LegacyAsk {
			t.Errorf("%s: %+v, %v", name, now.Choices, err)
		}
	}
}

// Of two old encodings in one list the same one is named each time it is checked.
func TestTheEncodingIsThatOfTheFirstColumn(t *testing.T) {
	r, _, _, ctx := importRoom(t)
	i := upload(ctx, t, r, "Tên đơn vị;Tỉnh;Họ tên đầu mối\nSë C«ng Th\u00ad¬ng tØnh Sãc Tr¨ng;Sóc Trăng;Leâ Thò Maãu\n")
	for range 30 {
		checked, err := r.CheckImport(ctx, i)
		if err != nil || checked.Encoding != vietnamese.TCVN3 {
			t.Fatalf("the encoding is %q, want that of the names: %v", checked.Encoding, err)
		}
	}
}
