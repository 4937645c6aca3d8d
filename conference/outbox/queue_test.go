package outbox_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hoinghi/conference"
	"hoinghi/conference/audit"
	"hoinghi/conference/outbox"
	"hoinghi/conference/testkit"
	"hoinghi/db"
	"hoinghi/templates"
)

const insertEdition = `INSERT INTO edition (id, slug, ordinal, title_vi, short_vi, prefix, starts_on, ends_on, register_by, created_at, changed_at)
VALUES (?1, ?2, 12, 'Hội nghị mẫu', 'HN mẫu', 'MAU', '2022-10-14', '2022-10-15', 0, 0, 0)`

func (r *rig) edition(id int64) int64 {
	r.t.Helper()
	testkit.Write(r.t, r.db, func(ctx context.Context, tx *db.Tx) error {
		return db.Exec(ctx, tx, insertEdition, id, fmt.Sprint("mau-", id))
	})
	return id
}

func TestSameDedupeKeyIsQueuedOnce(t *testing.T) {
	r := newRig(t, testkit.NewSMTP(t), nil)
	q := outbox.Queued{Kind: "test.plain", Subject: 1, ToAddress: address(1), DedupeKey: "invite/1"}
	first := r.queueAs(q)
	if second := r.queueAs(q); second != first {
		t.Errorf("queued as %d and %d", first, second)
	}
	q.DedupeKey = ""
	if third, fourth := r.queueAs(q), r.queueAs(q); third == first || third == fourth {
		t.Error("mails without a key melt together")
	}
	r.run()
	r.received(3)
	if again := r.queueAs(outbox.Queued{Kind: "test.plain", Subject: 1, ToAddress: address(1), DedupeKey: "invite/1"}); again != first {
		t.Error("a sent mail was queued again")
	}
	r.passes(9)
	if n := len(r.smtp.Messages()); n != 4 {
		t.Errorf("%d mails, want 4", n)
	}
}

func TestMailOfARolledBackChangeIsNotSent(t *testing.T) {
	r := running(t)
	told, end := r.db.Subscribe("outbox")
	defer end()
	boom := errors.New("boom")
	err := r.db.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
		if _, err := r.box.Queue(ctx, tx, outbox.Queued{Kind: "test.plain", Subject: 1, ToAddress: address(1)}); err != nil {
			return err
		}
		return boom
	})
	if !errors.Is(err, boom) {
		t.Fatal(err)
	}
	select {
	case <-told:
		t.Error("told of it")
	default:
	}
	r.passes(2)
	if n := r.smtp.Tries(address(1)); n != 0 {
		t.Error("sent although its change was undone")
	}
}

func TestAddressesThatMailCannotReach(t *testing.T) {
	r := newRig(t, nil, nil)
	for _, to := range []string{
		"", "mau", "mau@", "@example.vn", "mau@example", "nguyễn@example.vn", "mau@vídụ.vn", "mau @example.vn", "mau@example.vn,x@example.vn",
		"Mẫu <mau@example.vn>", "mau@example.vn\r\nBcc: x@example.vn", "\"q q\"@example.vn", "mau@[127.0.0.1]", "mau@exa_mple.vn", "mau@-a.vn", "a..b@example.vn",
		strings.Repeat("a", 65) + "@example.vn",
	} {
		err := r.db.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			_, err := r.box.Queue(ctx, tx, outbox.Queued{Kind: "test.plain", ToAddress: to})
			return err
		})
		if conference.KindOf(err) != conference.KindInvalid {
			t.Errorf("%q: %v", to, err)
		}
	}
	for _, to := range []string{"vp.sct@tayninh.gov.vn", " mau+12@example.com ", "O'Brien@example.ie"} {
		r.queueAs(outbox.Queued{Kind: "test.plain", ToAddress: to})
	}
}

func TestWithoutAServerMailStaysHere(t *testing.T) {
	r := newRig(t, nil, nil)
	const link = "https://example.vn/m/0123456789ABCDEFGHJKMNPQRS"
	r.box.Compose("test.link", func(context.Context, outbox.Mail) (outbox.Message, error) {
		return outbox.Message{Subject: "Mã TNI-7K2M9P", Text: "Mở " + link + " hoặc " + strings.ToLower(link) + ", mã TNI-7K2M9P.",
			Secrets: []string{"TNI-7K2M9P", "", "0123456789ABCDEFGHJKMNPQRS", link}}, nil
	})
	id := r.queueAs(outbox.Queued{Kind: "test.link", ToAddress: address(1)})
	r.run()
	m := r.untilState(id, outbox.StateSent, 1)
	if m.Transport != outbox.TransportLocal || !r.box.Local() || r.last(id).Outcome != outbox.OutcomeLocal {
		t.Errorf("mail %+v", m)
	}
	if m.Subject != "Mã …" || m.Body != "Mở … hoặc …, mã …." {
		t.Errorf("kept %q and %q", m.Subject, m.Body)
	}
	_, msg, err := r.box.Render(t.Context(), id)
	if err != nil || !strings.Contains(msg.Text, link) {
		t.Errorf("shown at the desk: %q, %v", msg.Text, err)
	}
	if _, _, err := r.box.Render(t.Context(), 99); conference.KindOf(err) != conference.KindNotFound {
		t.Errorf("no such mail: %v", err)
	}
}

func TestResendAndStop(t *testing.T) {
	r := running(t)
	ctx := conference.WithActor(t.Context(), conference.Actor{Kind: conference.ActorStaff, ID: 7, Label: "Lê Thị Thí Dụ", Roles: []conference.Role{conference.RoleOrganiser}})
	r.smtp.Next(address(1), testkit.RcptPermanent)
	r.smtp.Next(address(2), testkit.RcptTemporary)
	failed, waiting := r.queue(1), r.queue(2)
	r.untilState(failed, outbox.StateFailed, 1)
	r.untilState(waiting, outbox.StateQueued, 1)

	if err := r.box.Stop(ctx, failed); conference.KindOf(err) != conference.KindConflict {
		t.Errorf("stopped a failed mail: %v", err)
	}
	if err := r.box.Stop(ctx, waiting); err != nil {
		t.Fatal(err)
	}
	r.later(10 * 24 * time.Hour)
	if again, err := r.box.Resend(ctx, failed); err != nil || again != failed {
		t.Fatalf("sent again as %d: %v", again, err)
	}
	first := r.untilState(failed, outbox.StateSent, 2)
	if m := r.mail(waiting); m.State != outbox.StateStopped || r.smtp.Tries(address(2)) != 1 {
		t.Errorf("the stopped mail is %s", m.State)
	}
	if err := r.box.Stop(ctx, failed); conference.KindOf(err) != conference.KindConflict {
		t.Errorf("stopped a sent mail: %v", err)
	}
	copied, err := r.box.Resend(ctx, failed)
	if err != nil || copied == failed {
		t.Fatalf("a sent mail is sent again as %d: %v", copied, err)
	}
	second := r.untilState(copied, outbox.StateSent, 1)
	if second.MessageID == first.MessageID || second.ToAddress != first.ToAddress || second.SubjectID != first.SubjectID {
		t.Errorf("copy %+v of %+v", second, first)
	}
	// A resent mail gets its 48 hours anew.
	r.smtp.Next(address(2), testkit.RcptTemporary)
	if _, err := r.box.Resend(ctx, waiting); err != nil {
		t.Fatal(err)
	}
	r.untilState(waiting, outbox.StateQueued, 2)

	entries, err := audit.Entries(t.Context(), r.db, 0, 0, 10)
	if err != nil {
		t.Fatal(err)
	}
	var acts []string
	for _, e := range entries {
		acts = append(acts, fmt.Sprint(e.Action, " ", e.SubjectKind, " ", e.SubjectID, " ", e.ActorID))
	}
	want := []string{"outbox.resend mail 2 7", "outbox.resend mail 1 7", "outbox.resend mail 1 7", "outbox.stop mail 2 7"}
	if d := cmp.Diff(want, acts); d != "" {
		t.Error(d)
	}
	if _, err := r.box.Resend(ctx, 99); conference.KindOf(err) != conference.KindNotFound {
		t.Errorf("no such mail: %v", err)
	}
}

func TestMailOnItsWayIsLeftAlone(t *testing.T) {
	r := running(t)
	r.smtp.Next("", testkit.Hold)
	id := r.queue(1)
	r.smtp.WaitForTries(address(1), 1, patience)
	if err := r.box.Stop(t.Context(), id); conference.KindOf(err) != conference.KindConflict {
		t.Errorf("stop: %v", err)
	}
	if _, err := r.box.Resend(t.Context(), id); conference.KindOf(err) != conference.KindConflict {
		t.Errorf("send again: %v", err)
	}
	r.smtp.Release()
	r.untilState(id, outbox.StateSent, 1)
}

func TestLedger(t *testing.T) {
	r := newRig(t, testkit.NewSMTP(t), nil)
	this, other := r.edition(1), r.edition(2)
	told, end := r.db.Subscribe("outbox/1")
	defer end()
	q := func(edition, subject int64, name string) int64 {
		return r.queueAs(outbox.Queued{Edition: edition, Campaign: 5, Kind: "test.plain", Subject: subject, ToName: name, ToAddress: address(int(subject))})
	}
	r.smtp.Next(address(2), testkit.RcptPermanent)
	r.smtp.Next(address(3), testkit.DropAfterDot)
	a, b, c, d := q(this, 1, "Đặng Thị Mẫu"), q(this, 2, "Điểu K’Ví Dụ"), q(this, 3, "Lê Giả Định"), q(other, 4, "Lê Minh Họa")
	select {
	case <-told:
	default:
		t.Error("the edition's topic was not published")
	}
	r.run()
	r.untilState(a, outbox.StateSent, 1)
	r.untilState(b, outbox.StateFailed, 1)
	r.untilState(c, outbox.StateUnknown, 1)
	r.untilState(d, outbox.StateSent, 1)
	r.stop()
	e := q(this, 1, "Đặng Thị Mẫu")

	counts, err := r.box.Counts(t.Context(), this)
	if diff := cmp.Diff(map[outbox.State]int{outbox.StateSent: 1, outbox.StateFailed: 1, outbox.StateUnknown: 1, outbox.StateQueued: 1}, counts); err != nil || diff != "" {
		t.Error(err, diff)
	}
	progress, err := r.box.CampaignProgress(t.Context(), 5)
	if diff := cmp.Diff(outbox.Progress{Total: 5, Sent: 2, Failed: 1, Unknown: 1, Waiting: 1}, progress); err != nil || diff != "" {
		t.Error(err, diff)
	}
	states, err := outbox.StateOf(t.Context(), r.db, "test.plain", 1, 2, 77)
	if err != nil || len(states) != 2 || states[1].ID != e || states[2].State != outbox.StateFailed {
		t.Errorf("states %+v, %v", states, err)
	}
	if none, err := outbox.StateOf(t.Context(), r.db, "test.plain"); err != nil || len(none) != 0 {
		t.Errorf("of no subjects: %v, %v", none, err)
	}
	for _, f := range []struct {
		filter outbox.Filter
		want   []int64
	}{
		{outbox.Filter{}, []int64{e, d, c, b, a}},
		{outbox.Filter{Edition: this}, []int64{e, c, b, a}},
		{outbox.Filter{State: outbox.StateSent}, []int64{d, a}},
		{outbox.Filter{Query: "dang thi"}, []int64{e, a}},
		{outbox.Filter{Query: "MAU3@donvi"}, []int64{c}},
		{outbox.Filter{Query: "%"}, []int64{e, d, c, b, a}}, // a sign alone asks for nothing
		{outbox.Filter{Before: d, Limit: 2}, []int64{c, b}},
		{outbox.Filter{Kind: "test.other"}, nil},
	} {
		mails, err := r.box.List(t.Context(), f.filter)
		var ids []int64
		for _, m := range mails {
			ids = append(ids, m.ID)
		}
		if diff := cmp.Diff(f.want, ids); err != nil || diff != "" {
			t.Errorf("%+v: %v %s", f.filter, err, diff)
		}
	}
}

// Every word that the ledger shows exists in both languages.
func TestEveryWordHasItsText(t *testing.T) {
	for _, lang := range []string{"vi", "en"} {
		raw, err := templates.FS.ReadFile("locales/" + lang + "/outbox.json")
		if err != nil {
			t.Fatal(err)
		}
		var texts map[string]string
		if err := json.Unmarshal(raw, &texts); err != nil {
			t.Fatal(err)
		}
		keys := []string{"outbox.error.address", "outbox.error.held", "outbox.error.sending", "outbox.error.over", "outbox.answer.unknown_kind",
			"outbox.answer.empty", "outbox.answer.reply_to", "outbox.answer.compose", "outbox.answer.interrupted"}
		for _, s := range outbox.States() {
			keys = append(keys, "outbox.state."+string(s))
		}
		for _, o := range []outbox.Outcome{outbox.OutcomeStarted, outbox.OutcomeAccepted, outbox.OutcomeLocal, outbox.OutcomeTemporary,
			outbox.OutcomePermanent, outbox.OutcomeUnknown, outbox.OutcomeNotSent} {
			keys = append(keys, "outbox.outcome."+string(o))
		}
		for _, k := range keys {
			if texts[k] == "" {
				t.Errorf("%s: no text for %s", lang, k)
			}
		}
	}
}
