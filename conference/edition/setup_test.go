package edition_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"hoinghi/conference"
	"hoinghi/conference/edition"
	"hoinghi/conference/testkit"
	"hoinghi/db"
)

func setMembers(t *testing.T, d *db.DB, e edition.Edition, choices ...edition.Choice) error {
	t.Helper()
	return d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
		_, _, err := edition.SetMembers(ctx, tx, e, choices)
		return err
	})
}

// The provinces of an edition are chosen with their roles, in the version of its first
// day; Bình Thuận, which is Lâm Đồng now, can be a guest of the southern ones.
func TestProvincesAreChosenAsOfTheFirstDay(t *testing.T) {
	d, r := seeded(t)
	e := created(t, r, edition.Today())
	for name, c := range map[string]struct {
		choices []edition.Choice
		want    map[string]string
	}{
		"no host":        {[]edition.Choice{{Slug: "can-tho", Role: edition.RoleMember}}, map[string]string{"host": "one_host"}},
		"two hosts":      {[]edition.Choice{{Slug: "can-tho", Role: edition.RoleHost}, {Slug: "tay-ninh", Role: edition.RoleHost}}, map[string]string{"host": "one_host"}},
		"long gone":      {[]edition.Choice{{Slug: "can-tho", Role: edition.RoleHost}, {Slug: "long-an", Role: edition.RoleMember}}, map[string]string{"member": "province_unknown"}},
		"twice":          {[]edition.Choice{{Slug: "can-tho", Role: edition.RoleHost}, {Slug: "tay-ninh", Role: edition.RoleMember}, {Slug: "tay-ninh", Role: edition.RoleGuest}}, map[string]string{"guest": "province_twice"}},
		"two next hosts": {[]edition.Choice{{Slug: "can-tho", Role: edition.RoleHost}, {Slug: "tay-ninh", Role: edition.RoleNextHost}, {Slug: "ca-mau", Role: edition.RoleNextHost}}, map[string]string{"next_host": "one_next_host"}},
	} {
		got := fields(t, setMembers(t, d, e, c.choices...))
		if len(got) != len(c.want) || got["host"] != c.want["host"] || got["member"] != c.want["member"] || got["guest"] != c.want["guest"] || got["next_host"] != c.want["next_host"] {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
	if err := setMembers(t, d, e, edition.Choice{Slug: "tay-ninh", Role: edition.RoleHost}, edition.Choice{Slug: "dong-nai", Role: edition.RoleNextHost},
		edition.Choice{Slug: "lam-dong", Role: edition.RoleGuest}); err != nil {
		t.Fatal(err)
	}
	got := members(t, d, e)
	if len(got) != 3 || got[0].Slug != "tay-ninh" || got[0].GSOCode != "80" || got[1].Print("vi") != "thành phố Đồng Nai" || got[2].Role != edition.RoleGuest {
		t.Errorf("members: %+v", got)
	}
	if all, err := edition.OrganisationsOf(t.Context(), d, e.ID, edition.KindDoit); err != nil || len(all) != 3 || all[1].NameVi != "Sở Công Thương tỉnh Lâm Đồng" {
		t.Errorf("the guest has no Sở: %v %v", all, err)
	}
	if steps, err := edition.Steps(t.Context(), d, e.ID); err != nil || !slices.Equal(steps, []edition.Step{edition.StepProvinces}) {
		t.Errorf("steps %v %v", steps, err)
	}
}

// When the first day moves over the day on which a province became a city, the old
// version is told to be out of date.
func TestAMovedFirstDayOutdatesProvinces(t *testing.T) {
	d, r := seeded(t)
	draft := edition.Today()
	draft.StartsOn, draft.EndsOn = "2026-04-20", "2026-04-21"
	draft.RegisterBy.Time = time.Date(2026, 4, 1, 0, 0, 0, 0, time.UTC)
	e := created(t, r, draft)
	if out := edition.Outdated(e, members(t, d, e)); len(out) != 0 {
		t.Errorf("outdated at once: %v", out)
	}
	draft.StartsOn, draft.EndsOn = "2026-05-20", "2026-05-21"
	if err := r.Change(t.Context(), e.ID, draft); err != nil {
		t.Fatal(err)
	}
	e, err := edition.ByID(t.Context(), d, e.ID)
	if err != nil {
		t.Fatal(err)
	}
	if out := edition.Outdated(e, members(t, d, e)); len(out) != 1 || out[0].Print("vi") != "tỉnh Đồng Nai" {
		t.Errorf("outdated: %v", out)
	}
}

func group(code string) edition.GroupDraft {
	return edition.GroupDraft{Code: code, NameVi: "Nhóm mẫu " + code, NameEn: "Sample group", Colour: "leaf"}
}

// Groups are added, renamed and moved; positions and categories of the badge stay unique,
// and the category of a group never changes.
func TestGroupsAreEdited(t *testing.T) {
	d, r := seeded(t)
	e := created(t, r, edition.XII())
	before, err := edition.Groups(t.Context(), d, e.ID)
	if err != nil {
		t.Fatal(err)
	}
	if err := r.AddGroup(t.Context(), e.ID, group("guests")); err != nil {
		t.Fatal(err)
	}
	if got := fields(t, r.AddGroup(t.Context(), e.ID, group("guests"))); got["code"] != "group_code_taken" {
		t.Errorf("a code twice: %v", got)
	}
	if got := fields(t, r.AddGroup(t.Context(), e.ID, edition.GroupDraft{Code: "Khách", Colour: "pink"})); got["code"] != "group_code" || got["name_vi"] != "missing" || got["colour"] != "colour" {
		t.Errorf("wrong fields: %v", got)
	}
	first, second := before[0], before[1]
	for range 3 { // at the top nothing moves any more
		if err := r.MoveGroup(t.Context(), e.ID, second.ID, true); err != nil {
			t.Fatal(err)
		}
	}
	if err := r.ChangeGroup(t.Context(), e.ID, first.ID, edition.GroupDraft{Code: "leaders", NameVi: "Lãnh đạo Sở", Colour: "ink"}); err != nil {
		t.Fatal(err)
	}
	if got := fields(t, r.ChangeGroup(t.Context(), e.ID, before[9].ID, group("media"))); got["code"] != "group_press" {
		t.Errorf("the code of journalists: %v", got)
	}
	after, err := edition.Groups(t.Context(), d, e.ID)
	if err != nil {
		t.Fatal(err)
	}
	if after[0].ID != second.ID || after[1].Code != "leaders" || after[1].Category != first.Category || after[10].Code != "guests" || after[10].Category != 11 {
		t.Errorf("groups: %+v", after)
	}
	for i, g := range after {
		if g.Position != i+1 {
			t.Errorf("group %s stands at %d, want %d", g.Code, g.Position, i+1)
		}
	}
}

func TestAGroupInUseSaysWhoUsesIt(t *testing.T) {
	d, r := seeded(t)
	e := created(t, r, edition.XII())
	groups, err := edition.Groups(t.Context(), d, e.ID)
	if err != nil {
		t.Fatal(err)
	}
	remove := func(id int64) error {
		return d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error { return edition.RemoveGroup(ctx, tx, e.ID, id) })
	}
	testkit.Write(t, d, func(ctx context.Context, tx *db.Tx) error {
		for _, q := range []string{`INSERT INTO checkpoint (id, edition_id, code, name_vi, name_en, position) VALUES (1, 1, 'hall', 'Hội trường', '', 1)`,
			`INSERT INTO invitation (id, edition_id, organisation_id, created_at, changed_at) VALUES (1, 1, 1, 1, 1)`} {
			if err := db.Exec(ctx, tx, q); err != nil {
				return err
			}
		}
		if err := db.Exec(ctx, tx, `INSERT INTO quota (invitation_id, delegate_group_id, seats) VALUES (1, ?, 4)`, groups[0].ID); err != nil {
			return err
		}
		return db.Exec(ctx, tx, `INSERT INTO checkpoint_group (checkpoint_id, delegate_group_id) VALUES (1, ?)`, groups[1].ID)
	})
	testkit.Refused(t, remove(groups[0].ID), conference.KindConflict, "edition.error.group_used")
	testkit.Refused(t, remove(groups[1].ID), conference.KindConflict, "edition.error.group_used")
	testkit.Refused(t, remove(groups[9].ID), conference.KindConflict, "edition.error.group_press_used")
	uses, err := edition.GroupUses(t.Context(), d, e.ID)
	if err != nil || uses[0].Seats != 4 || uses[0].Invitations != 1 || uses[1].Checkpoints != 1 || uses[2].Used() {
		t.Errorf("uses %+v %v", uses, err)
	}
	if err := remove(groups[2].ID); err != nil {
		t.Fatal(err)
	}
	after, err := edition.Groups(t.Context(), d, e.ID)
	if err != nil || len(after) != 9 || after[2].ID != groups[3].ID || after[8].Position != 9 {
		t.Errorf("groups %+v %v", after, err)
	}
	if err := remove(groups[2].ID); conference.KindOf(err) != conference.KindNotFound {
		t.Errorf("removed twice: %v", err)
	}
}
