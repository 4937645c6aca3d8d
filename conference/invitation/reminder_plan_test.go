package invitation_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"hoinghi/conference"
	"hoinghi/conference/invitation"
	"hoinghi/conference/outbox"
	"hoinghi/conference/testkit"
	"hoinghi/conference/vietnamese"
	"hoinghi/db"
)

// at gives a moment of Vietnam's clock.
func at(t testing.TB, text string) time.Time {
	t.Helper()
	m, err := time.ParseInLocation("2006-01-02 15:04:05", text, vietnamese.Zone())
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// plannable gives n invitations that were sent, to be answered by 11:30 on 3 October.
func (h *house) plannable(t *testing.T, n int) []invitation.Invitation {
	t.Helper()
	h.exec(t, `UPDATE edition SET register_by = ? WHERE id = ?`, db.At(at(t, "2022-10-03 11:30:00")), h.xii.ID)
	return h.invited(t, n)
}

func (h *house) draft() invitation.RemindDraft {
	return invitation.RemindDraft{Days1: "3", Days2: "1", At: "08:00", Text: h.room.DefaultReminder()}
}

func (h *house) confirm(t *testing.T) {
	t.Helper()
	if err := h.room.ConfirmReminders(t.Context(), h.xii.ID, h.draft()); err != nil {
		t.Fatal(err)
	}
}

// due sets the clock and has the plan carried out; it gives the number queued.
func (h *house) due(t *testing.T, moment string) int {
	t.Helper()
	h.clock.Set(at(t, moment))
	n, err := h.room.RemindDue(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	h.deliver(t)
	return n
}

// standing gives how the two steps stand for an invitation.
func (h *house) standing(t *testing.T, id int64) [2]invitation.PlannedState {
	t.Helper()
	p, err := h.room.RemindPlan(t.Context(), h.db, h.xii.ID)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := h.room.Schedule(t.Context(), h.db, p)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rows {
		if r.ID == id {
			return [2]invitation.PlannedState{r.Steps[0].State, r.Steps[1].State}
		}
	}
	t.Fatalf("invitation %d is not in the plan", id)
	return [2]invitation.PlannedState{}
}

// The edition's deadline is 11:30 on 3 October: three days before at eight, and one day before.
func TestPlannedRemindersGoAtTheirMoment(t *testing.T) {
	h := open(t)
	all := h.plannable(t, 4)
	if n := h.due(t, "2022-09-28 08:00:00"); n != 0 {
		t.Errorf("%d sent by a plan that nobody confirmed", n)
	}
	h.confirm(t)
	if n := h.due(t, "2022-09-30 07:59:59"); n != 0 {
		t.Errorf("%d sent a second early", n)
	}
	if err := h.room.Accept(t.Context(), all[0].ID); err != nil {
		t.Fatal(err)
	}
	if err := h.room.SetDeadline(t.Context(), all[1].ID, at(t, "2022-10-03 20:00:00")); err != nil {
		t.Fatal(err)
	}
	if n := h.due(t, "2022-09-30 08:00:00"); n != 3 {
		t.Errorf("%d sent three days before, want 3", n)
	}
	if n := h.due(t, "2022-09-30 08:00:30"); n != 0 {
		t.Errorf("%d sent again", n)
	}
	if err := h.room.SetDeadline(t.Context(), all[2].ID, at(t, "2022-10-04 09:00:00")); err != nil { // one day more
		t.Fatal(err)
	}
	if n := h.due(t, "2022-10-02 08:00:00"); n != 2 {
		t.Errorf("%d sent one day before, want 2", n)
	}
	if n := h.due(t, "2022-10-03 07:59:00"); n != 0 {
		t.Errorf("%d sent before the extended deadline's own day", n)
	}
	if n := h.due(t, "2022-10-03 08:00:00"); n != 1 {
		t.Errorf("%d sent one day before the extended deadline, want 1", n)
	}
	want := []int64{all[1].ID, all[2].ID, all[3].ID, all[1].ID, all[3].ID, all[2].ID}
	if got := h.reminded(t); !slices.Equal(got, want) {
		t.Errorf("reminded %v, want %v", got, want)
	}
	past, err := h.room.Reminders(t.Context(), h.db, all[1].ID)
	if err != nil || len(past) != 2 || !past[0].Automatic() || past[0].By != "system" || past[0].Step != 2 || !past[1].DueAt.Equal(at(t, "2022-09-30 08:00:00")) {
		t.Errorf("history %+v, %v", past, err)
	}
	if got := h.standing(t, all[0].ID); got != [2]invitation.PlannedState{invitation.PlannedAnswered, invitation.PlannedAnswered} {
		t.Errorf("one that has answered: %q", got)
	}
}

func TestPlannedReminderIsLateOrMissed(t *testing.T) {
	h := open(t)
	all := h.plannable(t, 3)
	h.confirm(t)
	h.exec(t, `UPDATE invitation SET focal_email = '' WHERE id = ?`, all[1].ID)
	if err := h.room.SetDeadline(t.Context(), all[2].ID, at(t, "2022-10-01 11:30:00")); err != nil {
		t.Fatal(err)
	}
	// The machine was off until the 1st, four in the afternoon.
	if n := h.due(t, "2022-10-01 16:00:00"); n != 1 {
		t.Errorf("%d sent late, want 1", n)
	}
	if got := h.reminded(t); !slices.Equal(got, []int64{all[0].ID}) {
		t.Errorf("reminded %v", got)
	}
	for n, want := range [][2]invitation.PlannedState{{invitation.PlannedQueued, invitation.PlannedWaiting}, {invitation.PlannedBlocked, invitation.PlannedWaiting}, {invitation.PlannedMissed, invitation.PlannedMissed}} {
		if got := h.standing(t, all[n].ID); got != want {
			t.Errorf("organisation %d stands at %q, want %q", n, got, want)
		}
	}
	// An address brings the reminder that waited for it.
	if err := h.room.SetContact(t.Context(), all[1].ID, invitation.Contact{Name: "Lê Thí Dụ", Email: "thidu@vidu.example"}); err != nil {
		t.Fatal(err)
	}
	if n := h.due(t, "2022-10-01 17:00:00"); n != 1 {
		t.Errorf("%d sent once there is an address, want 1", n)
	}
	// Off again from then until after the last deadline: the second step is missed, and says so once.
	for range 2 {
		if n := h.due(t, "2022-10-03 11:30:01"); n != 0 {
			t.Errorf("%d sent after the deadline", n)
		}
	}
	past, err := h.room.Reminders(t.Context(), h.db, all[0].ID)
	if err != nil || len(past) != 2 || past[0].MissedText().Key != "reminder.missed.off" || past[0].MailID != 0 {
		t.Errorf("history %+v, %v", past, err)
	}
	// A longer deadline brings the missed moment anew, and the sent one not.
	if err := h.room.SetDeadline(t.Context(), all[0].ID, at(t, "2022-10-04 16:00:00")); err != nil {
		t.Fatal(err)
	}
	if n := h.due(t, "2022-10-03 11:40:00"); n != 1 {
		t.Errorf("%d sent for the longer deadline, want the second step's", n)
	}
	if got := h.standing(t, all[0].ID); got != [2]invitation.PlannedState{invitation.PlannedQueued, invitation.PlannedQueued} {
		t.Errorf("stands at %q", got)
	}
}

// Two moments that a stopped machine slept through bring one mail.
func TestTwoMomentsAtOnceBringOneMail(t *testing.T) {
	h := open(t)
	i := h.plannable(t, 1)[0]
	h.confirm(t)
	if n := h.due(t, "2022-10-02 09:00:00"); n != 1 || len(h.reminded(t)) != 1 {
		t.Errorf("%d sent, want 1", n)
	}
	past, err := h.room.Reminders(t.Context(), h.db, i.ID)
	if err != nil || len(past) != 2 {
		t.Fatalf("%d rows, %v", len(past), err)
	}
	for _, p := range past {
		if (p.Step == 1) != (p.Missed == "overtaken") {
			t.Errorf("step %d: missed %q", p.Step, p.Missed)
		}
	}
}

// What passed before somebody confirmed, or before the organisation was invited, is never
// sent afterwards; a plan taken back sends nothing, and confirmed anew nothing of the meantime.
func TestPlanSendsOnlyWhatItPromised(t *testing.T) {
	h := open(t)
	all := h.plannable(t, 2)
	h.clock.Set(at(t, "2022-09-30 08:00:01"))
	h.confirm(t)
	if n := h.due(t, "2022-09-30 09:00:00"); n != 0 {
		t.Errorf("%d sent for a moment before the plan", n)
	}
	if got := h.standing(t, all[0].ID); got != [2]invitation.PlannedState{invitation.PlannedPast, invitation.PlannedWaiting} {
		t.Errorf("stands at %q", got)
	}
	if err := h.room.WithdrawReminders(t.Context(), h.xii.ID); err != nil {
		t.Fatal(err)
	}
	if n := h.due(t, "2022-10-02 08:30:00"); n != 0 {
		t.Errorf("%d sent by a plan taken back", n)
	}
	h.confirm(t)
	if n := h.due(t, "2022-10-02 08:45:00"); n != 0 {
		t.Errorf("%d sent for a moment while no plan held", n)
	}
	d := h.draft()
	d.Days1, d.At, d.Subject = "1", "09:15", "Nhắc lần khác [don_vi]"
	d.Days2 = ""
	if err := h.room.ConfirmReminders(t.Context(), h.xii.ID, d); err != nil {
		t.Fatal(err)
	}
	h.send(t, all[1].ID)
	h.exec(t, `UPDATE invitation SET queued_at = ? WHERE id = ?`, db.At(at(t, "2022-10-02 09:20:00")), all[1].ID) // invited after the moment
	if n := h.due(t, "2022-10-02 09:30:00"); n != 1 || !slices.Equal(h.reminded(t), []int64{all[0].ID}) {
		t.Errorf("%d sent by the changed plan, to %v", n, h.reminded(t))
	}
	past, err := h.room.Reminders(t.Context(), h.db, all[0].ID)
	if err != nil || len(past) != 1 || past[0].Subject != d.Subject {
		t.Errorf("history %+v, %v", past, err)
	}
}

func TestPlanRefusesWhatItCannotMean(t *testing.T) {
	h := open(t)
	text := h.room.DefaultReminder()
	for _, c := range []struct {
		name string
		d    invitation.RemindDraft
		want []string
	}{
		{"nothing", invitation.RemindDraft{}, []string{"days_1: reminder.error.days", "at: reminder.error.at", "subject: invitation.error.subject_missing", "body: invitation.error.body_missing"}},
		{"order", invitation.RemindDraft{Days1: "2", Days2: "2", At: "08:00", Text: text}, []string{"days_2: reminder.error.order"}},
		{"range", invitation.RemindDraft{Days1: "61", Days2: "0", At: "24:00", Text: text}, []string{"days_1: reminder.error.days", "days_2: reminder.error.days", "at: reminder.error.at"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			h.refused(t, h.room.ConfirmReminders(t.Context(), h.xii.ID, c.d), conference.KindInvalid, c.want...)
		})
	}
	focal := conference.WithActor(t.Context(), conference.Actor{Kind: conference.ActorFocalPoint, ID: 1})
	if err := h.room.ConfirmReminders(focal, h.xii.ID, h.draft()); conference.KindOf(err) != conference.KindForbidden {
		t.Errorf("a focal point confirms: %v", err)
	}
	if err := h.room.WithdrawReminders(focal, h.xii.ID); conference.KindOf(err) != conference.KindForbidden {
		t.Errorf("a focal point takes back: %v", err)
	}
}

// second opens the same database as another process would.
func (h *house) second(t *testing.T) *invitation.Room {
	t.Helper()
	d, err := db.Open(t.Context(), h.db.Path(), db.Options{Now: h.clock.Now, Log: testkit.Quiet(), Strict: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	out, err := outbox.New(d, testkit.Quiet(), outbox.Config{})
	if err != nil {
		t.Fatal(err)
	}
	return invitation.New(d, h.keys, out, h.loc, baseURL)
}

// Two processes that find the same moment due, many times at once, queue each step once.
func TestTwoProcessesRemindOnce(t *testing.T) {
	h := open(t)
	all := h.plannable(t, 20)
	h.confirm(t)
	h.clock.Set(at(t, "2022-09-30 08:00:00"))
	rooms := []*invitation.Room{h.room, h.second(t)}
	var all2 sync.WaitGroup
	for n := range 8 {
		all2.Go(func() {
			if _, err := rooms[n%2].RemindDue(t.Context()); err != nil && conference.KindOf(err) != conference.KindUnavailable {
				t.Errorf("process %d: %v", n%2, err)
			}
		})
	}
	all2.Wait()
	if _, err := h.room.RemindDue(t.Context()); err != nil {
		t.Fatal(err)
	}
	got := h.reminded(t)
	slices.Sort(got)
	if want := len(all); len(got) != want || len(slices.Compact(got)) != want {
		t.Errorf("%d reminders for %d organisations", len(got), want)
	}
}

// Whatever is done in whatever order, an organisation gets each step at most once, only
// while it is silent, not before the step's moment and not after its deadline.
func TestPlannedRemindersNeverTwiceNorToWhoAnswered(t *testing.T) {
	h := open(t)
	all := h.plannable(t, 4)
	start := at(t, "2022-09-29 08:00:00")
	sent := 0
	rapid.Check(t, func(rt *rapid.T) {
		ctx := context.Background()
		h.exec(t, `DELETE FROM reminder`)
		h.exec(t, `DELETE FROM mail WHERE kind = ?`, invitation.KindRemind)
		h.exec(t, `DELETE FROM reminder_plan`)
		h.exec(t, `UPDATE invitation SET answer = '', answered_at = NULL, register_by = NULL, focal_email = 'mau@vidu.example'`)
		h.clock.Set(start.Add(time.Duration(rapid.IntRange(0, 90).Draw(rt, "begin")) * time.Hour)) // some walks begin when the first moment is near
		try := func(err error) {
			if k := conference.KindOf(err); err != nil && k != conference.KindInvalid && k != conference.KindConflict {
				rt.Fatal(err)
			}
		}
		pick := func() int64 { return rapid.SampledFrom(all).Draw(rt, "who").ID }
		pass := func(rt *rapid.T) { h.clock.Advance(time.Duration(rapid.IntRange(1, 40).Draw(rt, "hours")) * time.Hour) }
		answers := map[int64]bool{}
		h.confirm(t)
		run := func(rt *rapid.T) {
			pass(rt)
			silent := map[int64]bool{}
			for _, i := range h.list(t, h.xii) {
				silent[i.ID] = i.Silent()
			}
			before := len(h.reminded(t))
			_, err := h.room.RemindDue(ctx)
			try(err)
			for _, id := range h.reminded(t)[before:] {
				sent++
				if !silent[id] || answers[id] {
					rt.Fatalf("organisation %d was reminded although it had answered", id)
				}
			}
		}
		rt.Repeat(map[string]func(*rapid.T){
			"sleep": func(rt *rapid.T) { pass(rt) },
			"run":   run, "run too": run, // twice as often as the rest
			"restart": func(*rapid.T) { h.room = invitation.New(h.db, h.keys, mustOutbox(t, h), h.loc, baseURL) },
			"accept": func(*rapid.T) {
				id := pick()
				err := h.room.Accept(ctx, id)
				try(err)
				answers[id] = answers[id] || err == nil
			},
			"deadline": func(rt *rapid.T) {
				try(h.room.SetDeadline(ctx, pick(), h.clock.Now().Add(time.Duration(rapid.IntRange(1, 200).Draw(rt, "hours"))*time.Hour)))
			},
			"confirm": func(rt *rapid.T) {
				d := h.draft()
				d.Days1, d.Days2 = fmt.Sprint(rapid.IntRange(1, 5).Draw(rt, "first")), rapid.SampledFrom([]string{"", "1", "2"}).Draw(rt, "second")
				try(h.room.ConfirmReminders(ctx, h.xii.ID, d))
			},
			"withdraw": func(*rapid.T) { try(h.room.WithdrawReminders(ctx, h.xii.ID)) },
			"address": func(*rapid.T) {
				h.exec(t, `UPDATE invitation SET focal_email = CASE focal_email WHEN '' THEN 'mau@vidu.example' ELSE '' END WHERE id = ?`, pick())
			},
			"deliver": func(*rapid.T) { h.deliver(t) },
			"by hand": func(*rapid.T) { try(second(h.room.Remind(ctx, h.xii.ID, nil, h.room.DefaultReminder()))) },
			"":        func(rt *rapid.T) { h.plansHold(rt) },
		})
	})
	if sent < 20 {
		t.Errorf("only %d planned reminders in all runs: the walk proves nothing", sent)
	}
}

func second[T any](_ T, err error) error { return err }

func mustOutbox(t *testing.T, h *house) *outbox.Outbox {
	t.Helper()
	out, err := outbox.New(h.db, testkit.Quiet(), outbox.Config{})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func (h *house) plansHold(rt *rapid.T) {
	for what, query := range map[string]string{
		"steps sent twice":                      `SELECT count(*) FROM (SELECT 1 FROM reminder r JOIN mail m ON m.id = r.mail_id WHERE r.step IS NOT NULL GROUP BY r.invitation_id, r.step HAVING count(*) > 1)`,
		"mails that no reminder knows":          `SELECT count(*) FROM mail m WHERE m.kind = 'invitation.remind' AND (SELECT count(*) FROM reminder r WHERE r.mail_id = m.id) <> 1`,
		"reminders after the answer":            `SELECT count(*) FROM reminder r JOIN invitation i ON i.id = r.invitation_id WHERE r.outcome = 'queued' AND r.at > i.answered_at`,
		"reminders before their moment":         `SELECT count(*) FROM reminder WHERE outcome = 'queued' AND at < due_at`,
		"waiting mails to one who has answered": `SELECT count(*) FROM mail m JOIN invitation i ON i.id = m.subject_id WHERE m.kind = 'invitation.remind' AND m.state = 'queued' AND i.answer <> ''`,
	} {
		if n, err := db.Value[int](context.Background(), h.db, query); err != nil || n != 0 {
			rt.Fatalf("%d %s, %v", n, what, err)
		}
	}
}
