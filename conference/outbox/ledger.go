package outbox

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"hoinghi/conference"
	"hoinghi/conference/vietnamese"
	"hoinghi/db"
)

// State says how a mail fares. Its text for people is the locale key "outbox.state." + state.
type State string

// The states of a mail.
const (
	StateQueued  State = "queued"  // will be sent by itself when due
	StateSending State = "sending" // on its way this moment
	StateSent    State = "sent"    // the server answers for it
	StateFailed  State = "failed"  // refused for good, or given up
	StateUnknown State = "unknown" // may have arrived; DueAt says whether it is tried again by itself
	StateStopped State = "stopped" // taken out of the queue by a person
)

// States lists every state in the order in which they are shown.
func States() []State {
	return []State{StateQueued, StateSending, StateSent, StateFailed, StateUnknown, StateStopped}
}

// Transport says which way a sent mail went.
type Transport string

// The transports.
const (
	TransportSMTP  Transport = "smtp"
	TransportLocal Transport = "local" // no server is configured: it is read at the desk
)

// Mail is one row of the ledger. Subject and Body are what was sent, with every
// personal link and code blanked; they are empty before the first attempt.
type Mail struct {
	ID        int64
	Edition   int64 // 0: none
	Kind      string
	SubjectID int64
	Campaign  int64 // 0: none
	Lang      string
	ToAddress string
	ToName    string
	MessageID string // without angle brackets
	State     State
	Attempts  int     // deliveries tried in all
	Unknowns  int     // of them, those whose outcome nobody knows
	DueAt     db.Time // zero: not tried again by itself
	GiveUpAt  db.Time
	QueuedAt  db.Time
	SentAt    db.Time
	Transport Transport
	Subject   string
	Body      string
	Heads     Heads // empty when nobody else gets it

	refusals int
}

// MayHaveArrived reports that the mail was perhaps delivered although it does not
// count as sent: an attempt ended after the text had begun to flow.
func (m Mail) MayHaveArrived() bool { return m.State != StateSent && m.Unknowns > 0 }

// Outcome says how one attempt ended. Its text for people is the locale key
// "outbox.outcome." + outcome.
type Outcome string

// The outcomes of an attempt.
const (
	OutcomeStarted   Outcome = "started"   // under way
	OutcomeAccepted  Outcome = "accepted"  // the server took it
	OutcomeLocal     Outcome = "local"     // kept to be read at the desk
	OutcomeTemporary Outcome = "temporary" // refused for now
	OutcomePermanent Outcome = "permanent" // refused for good
	OutcomeUnknown   Outcome = "unknown"   // line lost or program ended once the text had begun to flow
	OutcomeNotSent   Outcome = "not_sent"  // the server let nobody send; does not count as an attempt
)

// Attempt is one try to deliver a mail. Exactly one of Answer and Reason is set
// for one that failed.
type Attempt struct {
	ID        int64
	StartedAt db.Time
	EndedAt   db.Time // zero while it is under way
	Outcome   Outcome
	Code      int             // the server's reply code, 0 without a reply
	Answer    string          // the server's own words, whatever their language
	Reason    conference.Text // the program's own words
}

const sqlMails = `SELECT id, COALESCE(edition_id, 0), kind, subject_id, COALESCE(campaign_id, 0), lang, to_address, to_name, message_id,
state, attempts, unknowns, due_at, give_up_at, queued_at, sent_at, transport, subject, body, heads, refusals
FROM mail WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id DESC`

// byIDs gives the mails with these ids, newest first.
func byIDs(ctx context.Context, r db.Reader, ids ...int64) ([]Mail, error) {
	list, err := json.Marshal(ids)
	if err != nil {
		return nil, fmt.Errorf("list of mails: %w", err)
	}
	return db.Many(ctx, r, sqlMails, func(m *Mail) []any {
		return []any{&m.ID, &m.Edition, &m.Kind, &m.SubjectID, &m.Campaign, &m.Lang, &m.ToAddress, &m.ToName, &m.MessageID,
			&m.State, &m.Attempts, &m.Unknowns, &m.DueAt, &m.GiveUpAt, &m.QueuedAt, &m.SentAt, &m.Transport, &m.Subject, &m.Body, &m.Heads, &m.refusals}
	}, string(list))
}

func byID(ctx context.Context, r db.Reader, id int64) (Mail, error) {
	mails, err := byIDs(ctx, r, id)
	if err != nil {
		return Mail{}, err
	}
	if len(mails) == 0 {
		return Mail{}, conference.NotFound()
	}
	return mails[0], nil
}

// ByID gives one mail.
func (o *Outbox) ByID(ctx context.Context, id int64) (Mail, error) { return byID(ctx, o.db, id) }

const sqlAttempts = `SELECT id, started_at, ended_at, outcome, code, answer FROM mail_attempt WHERE mail_id = ? ORDER BY id DESC`

// Attempts gives every attempt to deliver a mail, newest first.
func (o *Outbox) Attempts(ctx context.Context, mailID int64) ([]Attempt, error) {
	attempts, err := db.Many(ctx, o.db, sqlAttempts, func(a *Attempt) []any {
		return []any{&a.ID, &a.StartedAt, &a.EndedAt, &a.Outcome, &a.Code, &a.Answer}
	}, mailID)
	if err != nil {
		return nil, err
	}
	for i := range attempts {
		attempts[i] = attempts[i].said()
	}
	return attempts, nil
}

// ownPrefix cannot begin a server's reply text: what is kept of one starts with its code.
const ownPrefix = `{"Key":`

func ownAnswer(t conference.Text) string {
	raw, err := json.Marshal(t)
	if err != nil { // a value that JSON cannot hold: the words matter more
		raw, _ = json.Marshal(conference.Text{Key: t.Key})
	}
	return string(raw)
}

func ownWords(answer string) (conference.Text, bool) {
	var t conference.Text
	if !strings.HasPrefix(answer, ownPrefix) || json.Unmarshal([]byte(answer), &t) != nil {
		return conference.Text{}, false
	}
	return t, true
}

// Filter picks mails for the desk's list. Zero fields pick everything.
type Filter struct {
	Edition  int64
	Campaign int64
	Within   []int64 // mails of these editions alone, if it is not nil
	State    State   // or CameBack
	Kind     string
	Query    string // part of a name or address, with or without tone marks
	Before   int64  // mails older than this one
	Limit    int    // default 50, at most 200
}

const sqlList = `SELECT id FROM mail
WHERE (?1 = 0 OR edition_id = ?1) AND (?2 = '' OR state = ?2 OR ?2 = 'bounced' AND id IN (SELECT mail_id FROM mail_bounce)) AND (?3 = '' OR kind = ?3) AND (?4 = '' OR instr(folded, ?4) > 0) AND (?5 = 0 OR id < ?5) AND (?7 = 0 OR campaign_id = ?7)
    AND (?8 IS NULL OR edition_id IN (SELECT value FROM json_each(?8)))
ORDER BY id DESC LIMIT ?6`

// List gives mails, newest first.
func (o *Outbox) List(ctx context.Context, f Filter) ([]Mail, error) {
	if f.Limit <= 0 {
		f.Limit = 50
	}
	within, err := listed(f.Within)
	if err != nil {
		return nil, err
	}
	ids, err := db.Values[int64](ctx, o.db, sqlList, f.Edition, f.State, f.Kind, vietnamese.Fold(f.Query), f.Before, min(f.Limit, 200), f.Campaign, within)
	if err != nil {
		return nil, fmt.Errorf("list mail: %w", err)
	}
	return byIDs(ctx, o.db, ids...)
}

// listed gives editions as a query takes them, NULL for all of them and what is of none.
func listed(editions []int64) (any, error) {
	if editions == nil {
		return nil, nil
	}
	list, err := json.Marshal(editions)
	if err != nil {
		return nil, fmt.Errorf("list of editions: %w", err)
	}
	return string(list), nil
}

type stateCount struct {
	state State
	n     int
}

func (c *stateCount) fields() []any { return []any{&c.state, &c.n} }

const sqlCounts = `SELECT state, count(*) FROM mail WHERE edition_id = ? GROUP BY state`

// Counts gives the number of an edition's mails in each state that occurs.
func (o *Outbox) Counts(ctx context.Context, edition int64) (map[State]int, error) {
	counts, err := db.Many(ctx, o.db, sqlCounts, (*stateCount).fields, edition)
	if err != nil {
		return nil, fmt.Errorf("count mail: %w", err)
	}
	out := map[State]int{}
	for _, c := range counts {
		out[c.state] = c.n
	}
	return out, nil
}

// Progress says how far a campaign is. Waiting holds what will still be sent by
// itself or is being sent; Unknown waits 15 minutes or for a person. The parts add up to Total.
type Progress struct{ Total, Sent, Failed, Unknown, Waiting, Stopped int }

const sqlCampaign = `SELECT state, count(*) FROM mail WHERE campaign_id = ? GROUP BY state`

// CampaignProgress counts the mails of one campaign.
func (o *Outbox) CampaignProgress(ctx context.Context, campaign int64) (Progress, error) {
	counts, err := db.Many(ctx, o.db, sqlCampaign, (*stateCount).fields, campaign)
	if err != nil {
		return Progress{}, fmt.Errorf("count campaign: %w", err)
	}
	var p Progress
	for _, c := range counts {
		p.Total += c.n
		switch c.state {
		case StateSent:
			p.Sent += c.n
		case StateFailed:
			p.Failed += c.n
		case StateUnknown:
			p.Unknown += c.n
		case StateQueued, StateSending:
			p.Waiting += c.n
		case StateStopped:
			p.Stopped += c.n
		}
	}
	return p, nil
}

const sqlLatest = `SELECT max(id) FROM mail WHERE kind = ?1 AND subject_id IN (SELECT value FROM json_each(?2)) GROUP BY subject_id`

// StateOf gives the latest mail of a kind about each subject; a subject that no
// such mail was queued about is missing.
func StateOf(ctx context.Context, r db.Reader, kind string, subjects ...int64) (map[int64]Mail, error) {
	list, err := json.Marshal(subjects)
	if err != nil {
		return nil, fmt.Errorf("list of subjects: %w", err)
	}
	ids, err := db.Values[int64](ctx, r, sqlLatest, kind, string(list))
	if err != nil {
		return nil, fmt.Errorf("latest mail: %w", err)
	}
	mails, err := byIDs(ctx, r, ids...)
	if err != nil {
		return nil, err
	}
	out := make(map[int64]Mail, len(mails))
	for _, m := range mails {
		out[m.SubjectID] = m
	}
	return out, nil
}

// Render composes a mail anew as it would be sent now, links included, to be read
// at the desk. It is the only way to see a mail's links; nothing of it is kept.
func (o *Outbox) Render(ctx context.Context, id int64) (Mail, Message, error) {
	m, err := o.ByID(ctx, id)
	if err != nil {
		return Mail{}, Message{}, err
	}
	msg, err := o.compose(ctx, m)
	if err != nil {
		return m, Message{}, fmt.Errorf("render mail: %w", err)
	}
	return m, msg, nil
}
