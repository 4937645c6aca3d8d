package invitation_test

import (
	"testing"
	"time"

	"hoinghi/conference"
	"hoinghi/conference/edition"
	"hoinghi/conference/invitation"
)

// A contact who was entered before there was an edition is its focal point; a year
// later only if the person agreed to be kept.
func TestTheContactBecomesTheFocalPoint(t *testing.T) {
	h := open(t)
	kept, dropped := h.list(t, h.xii)[0].OrganisationID, h.list(t, h.xii)[1].OrganisationID
	for _, c := range []edition.Contact{
		{OrganisationID: kept, FullName: "Lê Thị Mẫu", Phone: "0912345678", Email: "mau@sct.example", Consented: true},
		{OrganisationID: kept, FullName: "Người Thứ Hai", Phone: "0912345670"},
		{OrganisationID: dropped, FullName: "Trần Văn Mẫu", Phone: "0913222333"},
	} {
		if err := h.ed.SaveContact(t.Context(), c); err != nil {
			t.Fatal(err)
		}
	}
	focal := func(e edition.Edition, organisation int64) invitation.Contact {
		t.Helper()
		for _, i := range h.list(t, e) {
			if i.OrganisationID == organisation {
				return invitation.Contact{Name: i.FocalName, Phone: i.FocalPhone, Email: i.FocalEmail}
			}
		}
		t.Fatal("no invitation")
		return invitation.Contact{}
	}
	if got := focal(h.xii, kept); got.Name != "" {
		t.Errorf("an invitation that exists was changed: %+v", got)
	}
	draft := edition.XII()
	draft.Ordinal, draft.Slug, draft.StartsOn, draft.EndsOn = 13, "xiii-2023", "2023-08-10", "2023-08-10"
	draft.RegisterBy.Time = time.Date(2023, 8, 1, 0, 0, 0, 0, time.UTC)
	soon := h.create(t, draft)
	if got, want := focal(soon, kept), (invitation.Contact{Name: "Lê Thị Mẫu", Phone: "+84912345678", Email: "mau@sct.example"}); got != want {
		t.Errorf("focal point %+v, want %+v", got, want)
	}
	if got := focal(soon, dropped); got.Name != "Trần Văn Mẫu" {
		t.Errorf("within a year the contact is used, got %+v", got)
	}
	h.clock.Advance(400 * 24 * time.Hour)
	draft.Ordinal, draft.Slug, draft.StartsOn, draft.EndsOn = 14, "xiv-2024", "2024-10-10", "2024-10-10"
	later := h.create(t, draft)
	if got := focal(later, dropped); got != (invitation.Contact{}) {
		t.Errorf("a contact who has not agreed is used after a year: %+v", got)
	}
	if got := focal(later, kept); got.Name != "Lê Thị Mẫu" {
		t.Errorf("a contact who has agreed is not used: %+v", got)
	}
	if err := h.ed.SaveContact(t.Context(), edition.Contact{ID: 1, OrganisationID: dropped, FullName: "Ai Đó Mẫu"}); conference.KindOf(err) != conference.KindNotFound {
		t.Errorf("another organisation's contact was changed: %v", err)
	}
}

// On its own page an organisation names another focal point; it does not leave the
// secretariat with nobody. An organiser may.
func TestAFocalPointIsNotLeftEmpty(t *testing.T) {
	h := open(t)
	i := h.of(t, h.xii, "tay-ninh")
	if err := h.room.SetContact(t.Context(), i.ID, invitation.Contact{Name: "Ngô Văn Mẫu", Phone: "0900000091"}); err != nil {
		t.Fatal(err)
	}
	h.refused(t, h.room.SetContact(focal(t, i.ID), i.ID, invitation.Contact{}), conference.KindInvalid, "focal_name: invitation.error.focal_nobody")
	if got := h.of(t, h.xii, "tay-ninh"); got.FocalName != "Ngô Văn Mẫu" {
		t.Errorf("the focal point is %q", got.FocalName)
	}
	if err := h.room.SetContact(t.Context(), i.ID, invitation.Contact{}); err != nil {
		t.Error(err)
	}
}
