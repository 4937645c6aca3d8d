package invitation

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"hoinghi/conference"
	"hoinghi/conference/audit"
	"hoinghi/db"
)

// remindPoll is how long a reminder that fell due waits at most for being queued.
const remindPoll = 15 * time.Second

// RunReminders queues what confirmed plans have due until ctx ends. Whether something is
// due is judged by the database's clock; how often that is looked at is real time. What
// goes wrong is logged and tried again.
func (r *Room) RunReminders(ctx context.Context, log *slog.Logger) {
	tick := time.NewTicker(remindPoll)
	defer tick.Stop()
	for {
		if _, err := r.RemindDue(ctx); err != nil && ctx.Err() == nil {
			log.Error("planned reminders", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

const sqlActivePlans = sqlRemindPlan + ` WHERE withdrawn_at IS NULL`

// RemindDue queues, for every confirmed plan, the reminders whose moment has come, to
// those that are silent now, and gives their number. One that could not be sent before
// its invitation's deadline is kept as missed. It may be called at any time, by any
// number of processes: a step of an invitation is queued once.
func (r *Room) RemindDue(ctx context.Context) (int, error) {
	plans, err := db.Many(ctx, r.db, sqlActivePlans, (*RemindPlan).fields)
	if err != nil {
		return 0, fmt.Errorf("read plans of reminders: %w", err)
	}
	queued := 0
	for _, p := range plans {
		acts, err := plannedActs(ctx, r.db, p, r.db.Now())
		if err != nil {
			return queued, err
		}
		if len(acts) == 0 { // an idle plan writes nothing
			continue
		}
		n, err := r.carryOut(ctx, p.EditionID)
		if err != nil {
			return queued, err
		}
		queued += n
	}
	return queued, nil
}

// planned is one step of a plan for one invitation.
type planned struct {
	step int // 0: by hand
	due  time.Time
}

// act is what is to be done about a step: to queue it, or to note why it was missed.
type act struct {
	Invitation
	planned
	missed string // the reason's key behind reminder.missed., "" to queue it
}

type stepKey struct {
	invitation int64
	step       int
}

const sqlSteps = `SELECT r.invitation_id, r.step, r.outcome FROM reminder r JOIN invitation i ON i.id = r.invitation_id WHERE i.edition_id = ? AND r.step IS NOT NULL`

// steps gives the outcome of each step that has one.
func steps(ctx context.Context, q db.Reader, editionID int64) (map[stepKey]string, error) {
	type row struct {
		stepKey
		outcome string
	}
	rows, err := db.Many(ctx, q, sqlSteps, func(r *row) []any { return []any{&r.invitation, &r.step, &r.outcome} }, editionID)
	if err != nil {
		return nil, fmt.Errorf("read steps of reminders: %w", err)
	}
	out := make(map[stepKey]string, len(rows))
	for _, r := range rows {
		out[r.stepKey] = r.outcome
	}
	return out, nil
}

// plannedActs gives what a plan asks to be done now, from the state that q shows.
func plannedActs(ctx context.Context, q db.Reader, p RemindPlan, now time.Time) ([]act, error) {
	all, err := List(ctx, q, p.EditionID)
	if err != nil {
		return nil, err
	}
	outcomes, err := steps(ctx, q, p.EditionID)
	if err != nil {
		return nil, err
	}
	var due []act
	for _, i := range all {
		if i.Silent() {
			due = append(due, p.dueSteps(i, outcomes, now)...)
		}
	}
	if len(due) == 0 {
		return nil, nil
	}
	mails, err := readPost(ctx, q, all)
	if err != nil {
		return nil, err
	}
	var out []act
	for _, a := range due {
		if a, ok := p.decide(a, mails, outcomes, now); ok {
			out = append(out, a)
		}
	}
	return out, nil
}

// dueSteps gives the steps of an invitation whose moment has come and that were not queued.
func (p RemindPlan) dueSteps(i Invitation, outcomes map[stepKey]string, now time.Time) []act {
	var out []act
	for step := 1; step <= RemindSteps; step++ {
		due, ok := p.Due(i, step)
		if !ok || due.After(now) || !p.holds(i, due) || outcomes[stepKey{i.ID, step}] == "queued" {
			continue
		}
		out = append(out, act{Invitation: i, planned: planned{step, due}})
	}
	return out
}

// decide says what becomes of a step whose moment has come. ok is false when it waits for
// its mail to become possible, or was found missed before.
func (p RemindPlan) decide(a act, mails post, outcomes map[stepKey]string, now time.Time) (act, bool) {
	why := mails.unreached(a.Invitation)
	switch {
	case p.overtaken(a, now):
		a.missed = "overtaken" // two reminders at once would be one too many
	case a.Open(now) && why.Key == "":
		return a, true
	case a.Open(now):
		return a, false
	case why.Key != "":
		a.missed = strings.TrimPrefix(why.Key, "reminder.skip.")
	default:
		a.missed = "off"
	}
	return a, outcomes[stepKey{a.ID, a.step}] == ""
}

// overtaken reports whether the next step's moment has come too.
func (p RemindPlan) overtaken(a act, now time.Time) bool {
	if a.step == RemindSteps {
		return false
	}
	next, ok := p.Due(a.Invitation, a.step+1)
	return ok && !next.After(now)
}

const sqlInsertMissed = `INSERT INTO reminder (invitation_id, step, outcome, reason, due_at, at) VALUES (?, ?, 'missed', ?, ?, ?)`

// carryOut does what the plan asks for, judged once more inside the write: whoever has
// answered meanwhile, or was reminded by another process, is left alone.
func (r *Room) carryOut(ctx context.Context, editionID int64) (queued int, err error) {
	ctx = conference.WithActor(ctx, conference.System())
	err = r.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		queued = 0
		p, err := db.One(ctx, tx, sqlRemindPlanOf, (*RemindPlan).fields, editionID)
		if err != nil {
			return fmt.Errorf("read plan of reminders: %w", err)
		}
		if !p.Active() {
			return nil
		}
		acts, err := plannedActs(ctx, tx, p, tx.Now())
		if err != nil || len(acts) == 0 {
			return err
		}
		tx.Publish(Topic(editionID))
		queued, err = r.perform(ctx, tx, p, acts)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("queue planned reminders: %w", err)
	}
	return queued, nil
}

func (r *Room) perform(ctx context.Context, tx *db.Tx, p RemindPlan, acts []act) (queued int, err error) {
	missed := 0
	for _, a := range acts {
		if a.missed == "" {
			queued++
			continue
		}
		missed++
		if err := db.Exec(ctx, tx, sqlInsertMissed, a.ID, a.step, a.missed, db.At(a.due), db.At(tx.Now())); err != nil {
			return 0, fmt.Errorf("note missed reminder: %w", err)
		}
	}
	change := audit.Change{Edition: p.EditionID, Action: "invitation.remind_planned", SubjectKind: "edition", SubjectID: p.EditionID,
		Detail: map[string]any{"queued": queued, "missed": missed}}
	if queued == 0 {
		return 0, audit.Note(ctx, tx, change)
	}
	change.SubjectKind = "campaign"
	if change.SubjectID, err = freezeReminder(ctx, tx, p.EditionID, p.Text, queued, p.ConfirmedBy); err != nil {
		return 0, err
	}
	for _, a := range acts {
		if a.missed != "" {
			continue
		}
		if err := r.queueReminder(ctx, tx, a.Invitation, change.SubjectID, a.planned); err != nil {
			return 0, err
		}
	}
	return queued, audit.Note(ctx, tx, change)
}
