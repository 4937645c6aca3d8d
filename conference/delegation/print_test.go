package delegation_test

import (
	"slices"
	"strings"
	"testing"

	"hoinghi/conference"
	"hoinghi/conference/audit"
	"hoinghi/conference/badge"
	"hoinghi/conference/delegation"
)

func numbers(all []delegation.Delegate) []string {
	var out []string
	for _, d := range all {
		out = append(out, d.FullName)
	}
	return out
}

func TestOnlyRegisteredDelegatesHaveBadgesToPrint(t *testing.T) {
	h := open(t)
	i, people := h.ready(t)
	holders := func(p delegation.Printable) []string {
		t.Helper()
		found, err := delegation.BadgeHolders(t.Context(), h.db, h.xii.ID, p)
		if err != nil {
			t.Fatal(err)
		}
		return numbers(found)
	}
	if got := holders(delegation.Printable{}); len(got) != 0 {
		t.Errorf("before the list is sent: %v", got)
	}
	h.submit(t, i)
	for name, c := range map[string]struct {
		p    delegation.Printable
		want []string
	}{
		"all, by given name": {delegation.Printable{}, []string{"Lê Ví Dụ", "Đặng Thị Thí Dụ", "Phạm Quốc Mẫu"}},
		"a province":         {delegation.Printable{ProvinceVersionID: i.Province.VersionID}, []string{"Lê Ví Dụ", "Đặng Thị Thí Dụ", "Phạm Quốc Mẫu"}},
		"another province":   {delegation.Printable{ProvinceVersionID: i.Province.VersionID + 1}, nil},
		"a group":            {delegation.Printable{GroupID: h.groups[0].ID}, []string{"Phạm Quốc Mẫu"}},
		"one person":         {delegation.Printable{DelegateID: people[1].ID}, []string{"Đặng Thị Thí Dụ"}},
		"found":              {delegation.Printable{Query: "mau quoc"}, []string{"Phạm Quốc Mẫu"}},
		"signs only":         {delegation.Printable{Query: "?!"}, nil},
	} {
		got := holders(c.p)
		if name == "all, by given name" || name == "a province" {
			slices.Sort(got)
			slices.Sort(c.want)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
	if err := h.room.Withdraw(t.Context(), people[1].ID); err != nil {
		t.Fatal(err)
	}
	if got := holders(delegation.Printable{}); slices.Contains(got, "Đặng Thị Thí Dụ") || len(got) != 2 {
		t.Errorf("after one withdrew: %v", got)
	}
	// Who withdrew after being listed for printing gets no code.
	codes, err := h.room.CodesOf(t.Context(), h.db, h.xii.ID, []delegation.Delegate{people[2], people[1], people[0]})
	if err != nil || len(codes) != 2 || codes[0].Delegate.ID != people[2].ID || codes[1].Delegate.ID != people[0].ID {
		t.Fatalf("codes %+v, %v", codes, err)
	}
	token, err := badge.Parse(codes[0].Text)
	if err != nil || !strings.HasPrefix(codes[0].Text, "HTTPS://"+host+"/C/") {
		t.Fatalf("code %s, %v", codes[0].Text, err)
	}
	if found, err := h.signer.Find(t.Context(), h.db, token); err != nil || found.DelegateID != people[2].ID {
		t.Errorf("the printed code names %+v, %v", found, err)
	}
}

func TestPrintingIsOnRecord(t *testing.T) {
	h := open(t)
	i, people := h.ready(t)
	h.submit(t, i)
	codes, err := h.room.Codes(t.Context(), h.db, i.ID)
	if err != nil {
		t.Fatal(err)
	}
	organiser := conference.WithActor(t.Context(), conference.Actor{Kind: conference.ActorStaff, ID: 4, Label: "Trần Thị Thí Dụ", Roles: []conference.Role{conference.RoleOrganiser}})
	if err := h.room.NotePrint(organiser, h.xii.ID, "a4-8", codes); err != nil {
		t.Fatal(err)
	}
	if err := h.room.NotePrint(organiser, h.xii.ID, "label", codes[:1]); err != nil {
		t.Fatal(err)
	}
	steward := conference.WithActor(t.Context(), conference.Actor{Kind: conference.ActorStaff, ID: 5, Roles: []conference.Role{conference.RoleSteward}})
	if err := h.room.NotePrint(steward, h.xii.ID, "a4-8", codes); conference.KindOf(err) != conference.KindForbidden {
		t.Errorf("as a steward: %v", err)
	}
	for _, c := range []struct {
		kind   string
		id     int64
		detail string
	}{{"edition", h.xii.ID, `{"badges":3,"layout":"a4-8"}`}, {"delegate", people[0].ID, `{"badges":1,"layout":"label","number":"` + people[0].Number + `"}`}} {
		rows, err := audit.History(t.Context(), h.db, c.kind, c.id)
		if err != nil {
			t.Fatal(err)
		}
		n := slices.IndexFunc(rows, func(e audit.Entry) bool { return e.Action == "badge.print" })
		if n < 0 || rows[n].Detail != c.detail || rows[n].ActorLabel != "Trần Thị Thí Dụ" {
			t.Errorf("history of the %s: %+v", c.kind, rows)
		}
	}
	h.worded(t, conference.Say("audit.badge.print"))
}
