package web_test

import (
	"context"
	"testing"

	"hoinghi/conference"
	"hoinghi/conference/testkit"
)

// TestSetupLooks goes through the pages on which an edition is set up and started from
// an earlier one, at the widths of a phone and a screen.
func TestSetupLooks(t *testing.T) {
	browser := testkit.NewBrowser(t, testkit.BrowserOptions{})
	h := open(t)
	tab := browser.Tab(1440, 900)
	tab.Go(h.links.Organiser)
	look := func(name, path string) {
		t.Helper()
		for _, width := range []int64{360, 1440} {
			tab.Size(width, 900)
			tab.Go(h.base + path)
			tab.Shot("setup-" + name + "-" + map[int64]string{360: "360", 1440: "1440"}[width])
			tab.CheckAccessibility(name)
		}
	}
	look("new", "/desk/editions/new")
	look("from", "/desk/editions/new?from=xii-2022")
	tab.Fill("#f-starts_on", "2027-10-14")
	tab.Fill("#f-ends_on", "2027-10-15")
	tab.Fill("#f-register_by", "2027-09-24T17:00")
	tab.Choose("#f-host_province", "Cần Thơ")
	tab.Press("Tạo kỳ hội nghị")
	const at = "/desk/e/xiii-2027"
	look("home", at)
	look("start", at+"/start")
	tab.Press("Sao chép")
	tab.WaitText("Đã sao chép lúc")
	look("started", at+"/start")
	look("provinces", at+"/provinces")
	tab.Choose("#f-host", "Chọn")
	tab.Refuse("main form")
	tab.WaitText("đúng một tỉnh")
	tab.Shot("setup-provinces-refused-1440")
	look("groups", at+"/groups")
	look("group-new", at+"/groups/new")
	tab.Go(h.base + at + "/groups")
	tab.Click("td.cell-main a")
	tab.WaitText("chỉ tiêu")
	tab.Touch("Xóa nhóm")
	tab.Shot("setup-group-1440")
	tab.CheckAccessibility("group")
	look("add", at+"/invitations/add")
	look("settings", at+"/settings")
	ctx := conference.WithActor(context.Background(), conference.Actor{Kind: conference.ActorFocalPoint, ID: 1, Label: "đầu mối"})
	if err := h.site.Invitations.SetAgain(ctx, 1, true); err != nil {
		t.Fatal(err)
	}
	look("invitation", "/desk/e/xii-2022/invitations/1")
	tab.Go(h.links.FocalPoints[0].Link)
	tab.Size(360, 740)
	tab.Shot("setup-again-360")
	tab.CheckAccessibility("again")
}
