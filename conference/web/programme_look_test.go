package web_test

import (
	"fmt"
	"testing"

	"hoinghi/conference"
	"hoinghi/conference/testkit"
)

// TestProgrammeLooks opens every page of the programme at the widths of a phone and
// a screen, the public one without a script, for axe-core and for eyes.
func TestProgrammeLooks(t *testing.T) {
	browser := testkit.NewBrowser(t, testkit.BrowserOptions{})
	h := open(t)
	tab := browser.Tab(360, 740)
	look := func(name, path, refuse string) {
		t.Helper()
		for _, width := range []int64{360, 1440} {
			tab.Size(width, 900)
			tab.Go(h.base + path)
			if refuse != "" {
				tab.Refuse(refuse)
			}
			tab.Shot(fmt.Sprintf("programme-%s-%d", name, width))
			tab.CheckAccessibility(fmt.Sprintf("%s at %d px", name, width))
		}
	}
	look("public", "/e/xii-2022/programme", "")
	look("public-en", "/e/xii-2022/programme?lang=en", "")
	look("front", "/?lang=vi", "")
	tab.Go(h.links.Organiser)
	papers := h.sessionCalled("Tham luận của các tỉnh, thành phố")
	at := fmt.Sprintf("%s/%d", deskProgramme, papers.ID)
	look("list", deskProgramme, "")
	look("session", at, "")
	look("new-refused", deskProgramme+"/new", "main form")
	look("speech", fmt.Sprintf("%s/speeches/%d", deskProgramme, papers.Speeches[0].ID), "")
	look("speakers", deskProgramme+"/speakers", "")
	look("speaker", fmt.Sprintf("%s/speakers/%d", deskProgramme, papers.Speeches[0].SpeakerID), "")
	v := h.staff(conference.RoleOrganiser)
	welcome := h.sessionCalled("Phát biểu chào mừng")
	where := v.goes(fmt.Sprintf("%s/%d/remove", deskProgramme, welcome.ID))
	look("removed", where, "")
	v.goes(deskProgramme+"/new", "kind", "speech", "visibility", "public", "date", "2022-10-13", "starts_at", "08:20", "ends_at", "08:40", "title_vi", "Chen ngang", "room_vi", welcome.RoomVi, "allow_overlap", "1")
	look("clash", deskProgramme, "")
}
