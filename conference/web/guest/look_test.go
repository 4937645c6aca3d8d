package guest_test

import (
	"fmt"
	"net/http"
	"testing"

	"hoinghi/conference/testkit"
)

// TestLook opens every page of the face in its states, at the widths of a phone, a
// tablet and a screen, for axe-core and for eyes.
func TestLook(t *testing.T) {
	browser := testkit.NewBrowser(t, testkit.BrowserOptions{})
	s := open(t)
	tab := browser.Tab(360, 740)
	look := func(name, path string) {
		t.Helper()
		for _, width := range []int64{360, 768, 1440} {
			tab.Size(width, 800)
			tab.Go(s.server.URL + path)
			tab.Shot(fmt.Sprintf("guest-%s-%d", name, width))
		}
		tab.CheckAccessibility(name)
	}
	look("code", "/m")
	look("lost", "/m/x")
	look("empty", s.base())
	s.add("Phạm Quốc Mẫu", 0, "gender", "male", "job_title", "Phó Giám đốc", "head", "1").leads(s.base() + "?added=1#add")
	s.add("Đặng Thị Thí Dụ", 1, "gender", "female", "job_title", "Trưởng phòng Quản lý Công nghiệp và Tiểu thủ công nghiệp", "email", "thidu@vidu.gov.vn").leads(s.base() + "?added=1#add")
	s.post(s.base()+"/delegates", "full_name", "Lê Văn Ví Dụ", "group", itoa(s.groups[1].ID)).leads(s.base() + "?added=1#add")
	s.post(s.base()+"/contact", "focal_name", "Võ Thị Minh Họa", "focal_phone", "0900000010", "focal_email", "daumoi@vidu.gov.vn").leads(s.base())
	look("listed", s.base())
	d := s.delegation().Delegates[1]
	look("edit", s.base()+"/delegates/"+itoa(d.ID))

	// A form that was refused, as the visitor sees it.
	for _, width := range []int64{360, 1440} {
		tab.Size(width, 800)
		tab.Go(s.server.URL + s.base())
		tab.Fill("#f-full_name", "Trần Giả Định")
		tab.Choose("#f-group", s.groups[0].NameVi)
		tab.Fill("#f-phone", "12")
		tab.Press("Thêm đại biểu")
		tab.WaitText("Số điện thoại chưa đúng")
		tab.Shot(fmt.Sprintf("guest-refused-%d", width))
	}
	tab.CheckAccessibility("refused")

	s.post(s.base()+"/submit", "informed", "1").want(http.StatusSeeOther)
	look("sent", s.base())
	look("codes", s.base()+"/codes")
	look("badge", s.rooms.Delegations.Path(d))
	s.post(s.base() + "/delegates/" + itoa(d.ID) + "/remove").want(http.StatusSeeOther)
	look("removed", s.base()+"?removed="+itoa(d.ID))
	look("withdrawn", s.rooms.Delegations.Path(d))
	s.clock.Set(s.e.RegisterBy.AddDate(0, 0, 1))
	look("closed", s.base())

	other := s.rooms.Invitations.Path(s.other)
	s.clock.Set(s.e.RegisterBy.AddDate(0, 0, -10))
	s.post(other+"/decline", "reason", "Trùng lịch họp của tỉnh").want(http.StatusSeeOther)
	look("declined", other)
}
