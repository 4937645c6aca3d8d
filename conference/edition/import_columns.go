package edition

import (
	"strings"

	"hoinghi/conference"
	"hoinghi/conference/sheet"
	"hoinghi/conference/vietnamese"
)

// ImportField is what a column of an uploaded list can mean.
type ImportField string

// The fields, in the order in which they are shown.
const (
	FieldName         ImportField = "name"
	FieldKind         ImportField = "kind"
	FieldProvince     ImportField = "province"
	FieldEmail        ImportField = "email"
	FieldPhone        ImportField = "phone"
	FieldContactName  ImportField = "contact_name"
	FieldContactTitle ImportField = "contact_title"
	FieldContactPhone ImportField = "contact_phone"
	FieldContactEmail ImportField = "contact_email"
	FieldValidFrom    ImportField = "valid_from" // tells two organisations of one name apart, as exports do
)

// ImportFields lists the fields.
func ImportFields() []ImportField {
	return []ImportField{FieldName, FieldKind, FieldProvince, FieldEmail, FieldPhone, FieldContactName, FieldContactTitle, FieldContactPhone, FieldContactEmail, FieldValidFrom}
}

// ImportFieldText gives the name of a field for people; the template's headings are the same.
func ImportFieldText(f ImportField) conference.Text {
	return conference.Say("import.field." + string(f))
}

// importColumns says by which headings the fields are recognised.
func importColumns() []sheet.Column {
	phones := []string{"dien thoai", "so dien thoai", "dt", "sdt", "so dt", "tel", "phone", "dien thoai lien he", "so dien thoai lien he", "telephone"}
	mails := []string{"email", "e mail", "mail", "thu dien tu", "dia chi email", "dia chi thu dien tu", "hop thu", "hop thu dien tu", "email lien he"}
	return []sheet.Column{
		{Key: string(FieldName), Words: []string{"ten don vi", "don vi", "co quan", "ten co quan", "co quan don vi", "ten co quan don vi", "to chuc", "ten to chuc",
			"ten doanh nghiep", "doanh nghiep", "ten co so", "co so", "ten cong ty", "co quan to chuc", "organisation", "organization", "organisation name", "don vi moi", "ten don vi moi", "don vi duoc moi"}},
		{Key: string(FieldKind), Words: []string{"loai don vi", "loai hinh", "loai", "phan loai", "loai co quan", "nhom don vi", "kind", "type", "kind of organisation"}},
		{Key: string(FieldProvince), Words: []string{"tinh thanh pho", "tinh thanh", "tinh tp", "tinh", "ten tinh", "dia phuong", "dia ban", "tinh thanh pho truc thuoc trung uong",
			"tinh thanh pho truc thuoc tw", "province", "province or city", "thanh pho", "khu vuc tinh"}},
		{Key: string(FieldContactName), Words: []string{"dau moi", "ho ten dau moi", "ho va ten dau moi", "ho va ten can bo dau moi", "can bo dau moi", "nguoi lien he", "ho ten nguoi lien he",
			"ho va ten nguoi lien he", "dau moi lien he", "can bo phu trach", "can bo theo doi", "nguoi dai dien", "nguoi phu trach", "ho va ten", "ho ten", "contact", "contact person", "focal point", "lien he"}},
		{Key: string(FieldContactTitle), Words: []string{"chuc vu", "chuc danh", "chuc vu dau moi", "chuc vu cua dau moi", "chuc vu nguoi lien he", "job title", "focal points job title", "position"}},
		{Key: string(FieldContactPhone), Words: []string{"dien thoai dau moi", "dien thoai cua dau moi", "dien thoai nguoi lien he", "sdt dau moi", "sdt nguoi lien he", "di dong", "so di dong", "dtdd", "dien thoai di dong",
			"dt di dong", "sdt di dong", "mobile", "zalo", "so zalo", "dien thoai zalo", "focal points telephone", "contact phone"}, Shared: phones, After: string(FieldContactName)},
		{Key: string(FieldContactEmail), Words: []string{"email dau moi", "email cua dau moi", "email nguoi lien he", "thu dien tu dau moi", "thu dien tu cua dau moi", "thu dien tu nguoi lien he", "contact email", "focal points e mail"},
			Shared: mails, After: string(FieldContactName)},
		{Key: string(FieldEmail), Words: append([]string{"email don vi", "email co quan", "thu dien tu don vi", "thu dien tu cua don vi", "thu dien tu co quan", "hop thu don vi", "organisations e mail"}, mails...)},
		{Key: string(FieldPhone), Words: append([]string{"dien thoai don vi", "dien thoai cua don vi", "dien thoai co quan", "dt co quan", "dien thoai co dinh", "so may ban", "may ban", "sdt co quan", "sdt don vi", "so dien thoai co quan", "so dien thoai don vi", "so dt co quan", "organisations telephone"}, phones...)},
		{Key: string(FieldValidFrom), Words: []string{"hieu luc tu ngay", "hieu luc tu", "valid from"}},
	}
}

// kindWords says by which words a kind is recognised, in a column of its own or at
// the beginning of an organisation's name; the first that fits counts.
var kindWords = []struct {
	kind  OrganisationKind
	words []string
}{
	{KindDoit, []string{"so cong thuong", "sct", "department of industry and trade"}},
	{KindIPC, []string{"trung tam khuyen cong", "ttkc", "tt khuyen cong", "trung tam xuc tien thuong mai va khuyen cong", "industrial promotion centre"}},
	{"commune_unit", []string{"uy ban nhan dan xa", "uy ban nhan dan phuong", "uy ban nhan dan dac khu", "ubnd xa", "ubnd phuong", "ubnd dac khu", "phong kinh te ha tang va do thi",
		"peoples committee of a commune", "peoples committee of a ward"}},
	{"district_unit", []string{"uy ban nhan dan huyen", "uy ban nhan dan thi xa", "uy ban nhan dan quan", "ubnd huyen", "ubnd thi xa", "ubnd quan", "phong kinh te", "don vi cap huyen", "district body", "district unit"}},
	{"provincial_committee", []string{"uy ban nhan dan", "ubnd", "provincial peoples committee", "peoples committee"}},
	{"ministry", []string{"lanh dao bo", "bo cong thuong", "leaders of the ministry", "ministry of industry and trade"}},
	{KindMinistryDepartment, []string{"cuc", "vu", "vien thuoc bo", "cuc vu vien", "departments and institutes of the ministry", "department or institute of the ministry"}},
	{"press_central", []string{"bao dai trung uong", "thong tan xa", "dai truyen hinh viet nam", "dai tieng noi viet nam", "bao cong thuong", "bao nhan dan", "central press"}},
	{"press_local", []string{"bao dai dia phuong", "bao va phat thanh", "dai phat thanh", "bao", "dai", "local press", "tap chi"}},
	{"bank", []string{"ngan hang", "bank"}},
	{"association", []string{"hiep hoi", "hoi", "lien minh hop tac xa", "association"}},
	{"academia", []string{"vien nghien cuu", "vien", "truong", "hoc vien", "dai hoc", "research institute", "school"}},
	{"craft_village", []string{"lang nghe", "ban quan ly lang nghe", "craft village"}},
	{"distributor", []string{"nha phan phoi", "sieu thi", "nha mua hang", "distributor"}},
	{"service", []string{"don vi phuc vu", "khach san", "nha hang", "doan van nghe", "service"}},
	{"rural_enterprise", []string{"co so cong nghiep nong thon", "co so cnnt", "cong ty", "hop tac xa", "htx", "doanh nghiep", "dntn", "ho kinh doanh", "to hop tac", "co so", "rural industrial establishment", "rural enterprise"}},
	{"provincial_agency", []string{"so ban nganh", "so", "ban", "chi cuc", "van phong", "trung tam", "provincial agency", "provincial department"}},
}

// readKind recognises a kind by a text: its label in either language, or words with
// which such organisations' names begin. ok is false when nothing fits.
func readKind(text string) (OrganisationKind, bool) {
	folded := vietnamese.Fold(text)
	if folded == "" {
		return "", false
	}
	for _, k := range OrganisationKinds() {
		if folded == strings.ReplaceAll(string(k), "_", " ") {
			return k, true
		}
	}
	for _, k := range kindWords {
		for _, w := range k.words {
			if folded == w || strings.HasPrefix(folded, w+" ") {
				return k.kind, true
			}
		}
	}
	return "", false
}

// central reports whether organisations of a kind may have no province.
func (k OrganisationKind) central() bool {
	switch k {
	case "ministry", KindMinistryDepartment, "press_central", "association", "academia", "bank", "distributor", "service":
		return true
	default:
		return false
	}
}

// public reports whether a body of this kind is known by its kind and province, so
// that "Sở Công Thương Tây Ninh" and "Sở Công Thương tỉnh Tây Ninh" are one.
func (k OrganisationKind) public() bool {
	switch k {
	case KindDoit, KindIPC, "provincial_committee", "provincial_agency", "press_local":
		return true
	default:
		return false
	}
}
