package edition

import (
	"slices"
	"strings"

	"hoinghi/conference/vietnamese"
)

// jobCase writes a job title that was typed in capitals as official papers do: "Phó Chủ tịch
// UBND tỉnh Lào Cai", "Trưởng phòng Quản lý công nghiệp". Behind the word for a place its name
// begins, which keeps its capitals.
func jobCase(s string) string {
	words := strings.Fields(vietnamese.SoftCase(s))
	capital, place := true, false // the next word begins an office; the words are a place's name
	for i, w := range words {
		if !capital && !place && !vietnamese.IsAbbreviation(strings.Trim(w, ".,;()")) {
			words[i] = strings.ToLower(w)
		}
		small := strings.ToLower(w)
		capital = small == "phó" || small == "phòng" || strings.ContainsAny(w[len(w)-1:], ",;-.(")
		switch {
		case capital:
			place = false
		case slices.Contains([]string{"tỉnh", "huyện", "xã", "phường", "quận", "phố"}, small):
			words[i], place = small, true
		}
	}
	return strings.NewReplacer("sở công thương", "Sở Công Thương", "bộ công thương", "Bộ Công Thương").Replace(strings.Join(words, " "))
}
