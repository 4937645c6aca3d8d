package edition_test

import (
	"testing"

	"hoinghi/conference/edition"
)

// The whole name of an organisation finds that one, however many words it has; signs
// alone find nothing, and what was typed without an input method is understood.
func TestOrganisationsAreFoundByTheirWholeName(t *testing.T) {
	r, d, _, ctx := importRoom(t)
	importText(ctx, t, r, d, "Tên đơn vị;Tỉnh\nSở Công Thương tỉnh Tây Ninh;Tây Ninh\nSở Công Thương tỉnh Long An;Long An\nSở Công Thương tỉnh Bến Tre;Bến Tre\n")
	for query, want := range map[string]int{"": 3, "Sở Công Thương tỉnh Tây Ninh": 1, "ninh tay": 1, "so cong": 3, "Beesn Tre": 1, "...": 0, "Cà Mau": 0} {
		found, total, err := edition.Organisations(ctx, d, edition.OrganisationFilter{Query: query}, 10, 0)
		if err != nil || total != want || len(found) != want {
			t.Errorf("%q finds %d of %d, want %d: %v", query, len(found), total, want, err)
		}
	}
}
