package invitation_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hoinghi/conference"
	"hoinghi/conference/edition"
	"hoinghi/conference/invitation"
	"hoinghi/conference/outbox"
	"hoinghi/conference/testkit"
)

// ready gives the first n invitations an address and every one two seats.
func (h *house) ready(t *testing.T, n int) []invitation.Invitation {
	t.Helper()
	all := h.list(t, h.xii)
	quotas := map[int64]int{all[0].Quotas[0].GroupID: 1, all[0].Quotas[7].GroupID: 4}
	if err := h.room.SetQuotasForAll(t.Context(), h.xii.ID, quotas); err != nil {
		t.Fatal(err)
	}
	for _, i := range all[:n] {
		if err := h.room.SetContact(t.Context(), i.ID, invitation.Contact{Name: "Võ Thị Minh Họa", Email: strings.ToLower(i.Province.Abbr) + "@vidu.example"}); err != nil {
			t.Fatal(err)
		}
	}
	return h.list(t, h.xii)
}

func (h *house) send(t *testing.T, ids ...int64) invitation.Sending {
	t.Helper()
	s, err := h.room.Send(t.Context(), h.xii.ID, ids)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func (h *house) mails(t *testing.T) []outbox.Mail {
	t.Helper()
	all, err := h.out.List(t.Context(), outbox.Filter{Edition: h.xii.ID, Kind: invitation.KindInvite})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func reasons(s invitation.Sending) map[string]int {
	out := map[string]int{}
	for _, skip := range s.Skipped {
		out[skip.Reason.Key]++
	}
	return out
}

func TestSendQueuesOneMailEachAndSaysWhomItSkips(t *testing.T) {
	h := open(t)
	if s := h.send(t); s.Queued != 0 || s.CampaignID != 0 || reasons(s)["invitation.skip.no_quota"] != 20 {
		t.Errorf("before anything is set: %+v", reasons(s))
	}
	all := h.ready(t, 3)
	if err := h.room.Accept(t.Context(), all[1].ID); err != nil {
		t.Fatal(err)
	}
	s := h.send(t)
	want := map[string]int{"invitation.skip.no_address": 17, "invitation.skip.answered": 1}
	if diff := cmp.Diff(want, reasons(s)); diff != "" || s.Queued != 2 || len(h.mails(t)) != 2 {
		t.Errorf("queued %d, %d mails, skipped (-want +got):\n%s", s.Queued, len(h.mails(t)), diff)
	}
	for key := range want {
		if !h.loc.In("vi").Has(key) {
			t.Errorf("no text for %s", key)
		}
	}
	if s := h.send(t, all[1].ID); s.Queued != 1 {
		t.Errorf("an answered one, named: %+v", s)
	}
	if got := h.list(t, h.xii); got[0].QueuedAt.IsZero() || !got[5].QueuedAt.IsZero() {
		t.Error("queued_at is not kept for those that were queued only")
	}
	h.clock.Set(h.xii.RegisterBy.Add(1))
	h.clock.Advance(1e9)
	if s := h.send(t); reasons(s)["invitation.skip.deadline"] != 19 {
		t.Errorf("after the deadline: %v", reasons(s))
	}
}

// What was approved is what is sent, whatever is written afterwards.
func TestCampaignFreezesTheText(t *testing.T) {
	h := open(t)
	h.ready(t, 1)
	if err := h.room.SetText(t.Context(), h.xii.ID, "Thư một [don_vi]", "Kính gửi [don_vi]\n[lien_ket]"); err != nil {
		t.Fatal(err)
	}
	s := h.send(t)
	if err := h.room.SetText(t.Context(), h.xii.ID, "Thư hai", "Nội dung khác"); err != nil {
		t.Fatal(err)
	}
	c, err := h.room.Campaign(t.Context(), h.db, s.CampaignID)
	if err != nil || c.Subject != "Thư một [don_vi]" || c.Mails != 1 || c.EditionID != h.xii.ID {
		t.Errorf("campaign %+v, %v", c, err)
	}
	_, msg, err := h.out.Render(t.Context(), h.mails(t)[0].ID)
	if err != nil || msg.Subject != "Thư một Sở Công Thương tỉnh Tây Ninh" {
		t.Errorf("subject %q, %v", msg.Subject, err)
	}
}

func TestTextRefusesFieldsThatNobodyFills(t *testing.T) {
	h := open(t)
	for _, c := range []struct {
		subject, body string
		want          []string
	}{
		{"", "", []string{"subject: invitation.error.subject_missing", "body: invitation.error.body_missing"}},
		{"a [ten]", "b", []string{"subject: invitation.error.field_unknown"}},
		{"a", "b [don_vi] [Đơn vị]", []string{"body: invitation.error.field_unknown"}},
		{"a", "b [] c", []string{"body: invitation.error.field_unknown"}},
		{strings.Repeat("ạ", 201), strings.Repeat("ạ", 10001), []string{"subject: invitation.error.subject_long", "body: invitation.error.body_long"}},
	} {
		h.refused(t, h.room.SetText(t.Context(), h.xii.ID, c.subject, c.body), conference.KindInvalid, c.want...)
	}
	for _, fine := range []string{"a [ b", "a ] b", "[ don_vi ]", "[\n]", "[[don_vi]"} {
		if err := invitation.CheckText(invitation.Text{Subject: "s", Body: fine}); err != nil {
			t.Errorf("%q: %v", fine, err)
		}
	}
	for _, f := range invitation.MergeFields() {
		if !h.loc.In("en").Has("invitation.field." + f) {
			t.Errorf("field %s is not explained", f)
		}
	}
	if err := h.room.DefaultText(t.Context(), h.xii.ID); err != nil {
		t.Errorf("default text: %v", err)
	}
}

func TestFill(t *testing.T) {
	v := invitation.Values{"a": "một", "b": "", "c": "[a]"}
	for in, want := range map[string]string{
		"x [a] y":          "x một y",
		"[c]":              "[a]", // a value is not read again
		"x\nHost: [b].\ny": "x\ny",
		"[a] [b]":          "một ",
		"[ a ] [z] [":      "một [z] [",
		"no field\n\n[a]":  "no field\n\nmột",
	} {
		if got := invitation.Fill(in, v); got != want {
			t.Errorf("Fill(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestInviteMail(t *testing.T) {
	h := open(t)
	i := h.ready(t, 1)[0]
	o, err := edition.OrganisationByID(t.Context(), h.db, i.OrganisationID)
	if err != nil {
		t.Fatal(err)
	}
	o.NameVi = `Sở "Công Thương" <b>tỉnh</b> Tây Ninh & [lien_ket]`
	if err := h.ed.ChangeOrganisation(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	h.send(t)
	m, msg, err := h.out.Render(t.Context(), h.mails(t)[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	testkit.Golden(t, "invite.txt", "To: "+m.ToName+" <"+m.ToAddress+">\nFrom: "+msg.FromName+"\nReply-To: "+msg.ReplyTo+"\nSubject: "+msg.Subject+"\n\n"+msg.Text+"\n\n==== HTML ====\n"+msg.HTML)
	if strings.Contains(msg.HTML, "<b>") {
		t.Error("a name stands in the mail as markup")
	}
	want := []string{h.room.Link(i), i.Token(h.keys), i.ShortCode(h.keys)}
	if diff := cmp.Diff(want, msg.Secrets); diff != "" {
		t.Errorf("secrets (-want +got):\n%s", diff)
	}
}

// A text without the link would leave the reader without a way in.
func TestMailGivesTheLinkByItselfWhenTheTextDoesNot(t *testing.T) {
	h := open(t)
	i := h.ready(t, 1)[0]
	_, body, err := h.room.Preview(t.Context(), h.db, i.ID, &invitation.Text{Subject: "s", Body: "Kính mời."})
	if err != nil || !strings.Contains(body, h.room.Link(i)) || !strings.Contains(body, h.room.ShortCode(i)) {
		t.Errorf("%v\n%s", err, body)
	}
	_, body, err = h.room.Preview(t.Context(), h.db, i.ID, nil)
	if err != nil || strings.Count(body, h.room.Link(i)) != 1 {
		t.Errorf("%v\n%s", err, body)
	}
}
