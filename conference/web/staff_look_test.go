package web_test

import (
	"fmt"
	"testing"

	"hoinghi/conference"
	"hoinghi/conference/account"
	"hoinghi/conference/testkit"
)

// TestStaffLooks opens the pages of accounts at the widths of a phone and a screen, in both
// languages, for axe-core and for eyes.
func TestStaffLooks(t *testing.T) {
	browser := testkit.NewBrowser(t, testkit.BrowserOptions{})
	h := open(t)
	_, s := h.scoped("tung.ky.mau@example.vn", account.Held{Everywhere: []conference.Role{conference.RolePressOfficer},
		Editions: map[int64][]conference.Role{1: {conference.RoleSteward}, 2: {conference.RoleOrganiser}}})
	closed, _ := h.hired("nghi.mau@example.vn", inEdition(2, conference.RoleOrganiser))
	if err := h.site.Accounts.Disable(asSystem(t.Context()), closed.ID); err != nil {
		t.Fatal(err)
	}
	tab := browser.Tab(360, 740)
	tab.Go(h.links.Administrator)
	look := func(name, path, press string) {
		t.Helper()
		for _, width := range []int64{360, 1440} {
			tab.Size(width, 900)
			tab.Go(h.base + path)
			if press != "" {
				tab.Click(press)
				tab.WaitFor("the next page", `location.pathname !== "`+path+`"`)
			}
			tab.Shot(fmt.Sprintf("staff-%s-%d", name, width))
			tab.CheckAccessibility(fmt.Sprintf("%s at %d px", name, width))
		}
	}
	one := "/desk/staff/" + itoa(s.ID)
	look("list", "/desk/staff", "")
	look("one", one, "")
	look("link", one, `form[action$="/link"] button`)
	look("closed", "/desk/staff/"+itoa(closed.ID), "")
	look("one-en", one+"?lang=en", "")
	tab.Go(h.base + one + "?lang=vi")
	testkit.Eval[bool](tab, `document.querySelectorAll("input[name=role]").forEach(x => { x.checked = false }) ?? true`)
	tab.Click(`form[action$="/roles"] button`)
	tab.WaitFor("the refusal", `!!document.querySelector("#f-roles-error")`)
	tab.Shot("staff-refused-1440")
	tab.CheckAccessibility("roles refused")
}
