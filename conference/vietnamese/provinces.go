package vietnamese

import "strings"

// ProvincePrint gives the full form of a province inside a sentence: "tỉnh Tây Ninh",
// "thành phố Cần Thơ", and with a capital "Thành phố Hồ Chí Minh" (Decree 30/2020,
// Appendix II). kind is "province" or "city"; name is the bare name, but a kind that
// somebody wrote in front of it is not doubled.
func ProvincePrint(kind, name string) string {
	name = bareProvince(name)
	switch {
	case name == "":
		return ""
	case kind != "city":
		return "tỉnh " + name
	case Fold(name) == "ho chi minh":
		return "Thành phố " + name
	}
	return "thành phố " + name
}

// ProvinceShort gives the short form for labels and lists: "TP. Cần Thơ" for a city,
// the bare name for a province.
func ProvinceShort(kind, name string) string {
	name = bareProvince(name)
	if kind == "city" && name != "" {
		return "TP. " + name
	}
	return name
}

// bareProvince drops "tỉnh", "thành phố" or "TP." in front of a name.
func bareProvince(name string) string {
	name = Normalise(name)
	for _, kind := range []string{"tỉnh ", "thành phố ", "tp. ", "tp ", "tp."} {
		if len(name) > len(kind) && strings.EqualFold(name[:len(kind)], kind) {
			return strings.TrimSpace(name[len(kind):])
		}
	}
	return name
}
