package invitation

import (
	"context"
	"fmt"
	"slices"

	"hoinghi/conference"
	"hoinghi/conference/audit"
	"hoinghi/conference/edition"
	"hoinghi/db"
)

// Decision is what is done with one invited organisation of the edition that another
// one starts from.
type Decision string

// The decisions.
const (
	Invite   Decision = "invite" // it is invited again, or the Sở that follows it
	MergeSum Decision = "sum"    // it is part of another one, which gets its seats too
	MergeIn  Decision = "keep"   // it is part of another one, which keeps its own seats
	AsGuest  Decision = "guest"  // its province takes part as a guest
	LeaveOut Decision = "skip"   // it is not invited
)

// DecisionText gives the name of a decision for people.
func DecisionText(d Decision) conference.Text { return conference.Say("invitation.start." + string(d)) }

// DecisionField gives the form field of the decision about one invitation of the source.
func DecisionField(invitationID int64) string { return fmt.Sprintf("d-%d", invitationID) }

// Line is one organisation of the source, with what becomes of it.
type Line struct {
	Source  Invitation
	Fate    edition.Fate
	From    edition.Province
	To      edition.Province
	Heir    edition.Organisation // who is invited; its ID is 0 while it is not in the register
	Outside bool                 // its province does not take part in the new edition
	Options []Decision           // to choose from, the proposal first; one only is no choice
	Kept    bool                 // its focal point agreed to be asked again
	Known   bool                 // the register has a contact who did, or who came after the source
}

// Flagged reports whether the organiser should look at the line.
func (l Line) Flagged() bool { return l.Fate != edition.FateSame || l.Outside }

// Start is the plan of starting one edition from another, and what came of it.
type Start struct {
	Source, Target edition.Edition
	Lines          []Line
	Groups         []edition.GroupFate
	Text           bool         // the invitation's text is copied
	Letters        []LetterKind // whose texts are copied
	Dropped        []string     // lines of the texts that name a person and stay behind
	CopiedAt       db.Time      // zero while it is a plan
	Result         Copied
}

// Copied says what was copied, in numbers.
type Copied struct {
	Invitations int `json:"invitations"`
	Seats       int `json:"seats"`
	Groups      int `json:"groups"`
	FocalPoints int `json:"focal_points"`
	Merged      int `json:"merged"`
	LeftOut     int `json:"left_out"`
	Texts       int `json:"texts"`
}

const sqlChooseSource = `INSERT INTO edition_copy (edition_id, source_id, chosen_at) VALUES (?, ?, ?)`

// CreateFrom creates an edition that is to be started from another: its settings and
// provinces are the draft's; groups, invitations, quotas and texts come with StartFrom.
// Errors: as edition.Create; not_found for the source.
func (r *Room) CreateFrom(ctx context.Context, sourceID int64, d edition.Draft) (edition.Edition, error) {
	if err := conference.MayOrganise(ctx); err != nil {
		return edition.Edition{}, err
	}
	var e edition.Edition
	err := r.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if _, err := edition.ByID(ctx, tx, sourceID); err != nil {
			return fmt.Errorf("read the earlier edition: %w", err)
		}
		var err error
		if e, err = edition.Create(ctx, tx, d); err != nil {
			return err
		}
		if err := db.Exec(ctx, tx, sqlChooseSource, e.ID, sourceID, db.At(tx.Now())); err != nil {
			return fmt.Errorf("keep the source: %w", err)
		}
		return nil
	})
	if err != nil {
		return edition.Edition{}, err
	}
	return e, nil
}

const sqlWaits = `SELECT count(*) FROM edition_copy WHERE edition_id = ? AND copied_at IS NULL`

// copyWaits reports whether the organiser still decides what to copy.
func copyWaits(ctx context.Context, q db.Reader, editionID int64) (bool, error) {
	n, err := db.Value[int](ctx, q, sqlWaits, editionID)
	if err != nil {
		return false, fmt.Errorf("look for a copy: %w", err)
	}
	return n > 0, nil
}

// CopyWaits reports whether an edition was created from another and not filled yet.
func CopyWaits(ctx context.Context, q db.Reader, editionID int64) (bool, error) {
	return copyWaits(ctx, q, editionID)
}

const sqlForgetSource = `DELETE FROM edition_copy WHERE edition_id = ? AND copied_at IS NULL`

// StartEmpty gives the copy up: the edition begins with its own groups and one invitation
// for each Sở. Doing it again changes nothing. Errors: not_found, forbidden.
func (r *Room) StartEmpty(ctx context.Context, editionID int64) error {
	if err := conference.MayOrganise(ctx); err != nil {
		return err
	}
	return r.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if _, err := edition.ByID(ctx, tx, editionID); err != nil {
			return fmt.Errorf("read edition: %w", err)
		}
		n, err := db.Change(ctx, tx, sqlForgetSource, editionID)
		if err != nil {
			return fmt.Errorf("forget the source: %w", err)
		}
		if n == 0 {
			return nil
		}
		if _, err := r.prepare(ctx, tx, editionID, edition.FocalPoint); err != nil {
			return err
		}
		return audit.Note(ctx, tx, audit.Change{Edition: editionID, Action: "invitation.start_empty", SubjectKind: "edition", SubjectID: editionID})
	})
}

const sqlCopy = `SELECT source_id, copied_at, result FROM edition_copy WHERE edition_id = ?`

// PlanStart gives what starting an edition from its source would do, or did. Errors:
// not_found for an edition that is started from none.
func (r *Room) PlanStart(ctx context.Context, q db.Reader, editionID int64) (Start, error) {
	s, err := readCopy(ctx, q, editionID)
	if err != nil || !s.CopiedAt.IsZero() {
		return s, err
	}
	if err := r.fillStart(ctx, q, &s); err != nil {
		return Start{}, err
	}
	return s, nil
}

func (r *Room) fillStart(ctx context.Context, q db.Reader, s *Start) (err error) {
	if s.Lines, err = startLines(ctx, q, s.Source, s.Target); err != nil {
		return err
	}
	if s.Groups, err = edition.GroupFates(ctx, q, s.Source, s.Target); err != nil {
		return fmt.Errorf("groups: %w", err)
	}
	texts, err := r.textsFrom(ctx, q, s.Source, s.Target)
	if err != nil {
		return err
	}
	s.Text, s.Dropped = texts.invitation != nil, texts.dropped
	for _, k := range LetterKinds() {
		if _, ok := texts.letters[k]; ok {
			s.Letters = append(s.Letters, k)
		}
	}
	return nil
}

// startLines gives what becomes of each organisation that the source invited.
func startLines(ctx context.Context, q db.Reader, source, target edition.Edition) ([]Line, error) {
	all, err := List(ctx, q, source.ID)
	if err != nil {
		return nil, err
	}
	fates, err := edition.Successions(ctx, q, source, target)
	if err != nil {
		return nil, fmt.Errorf("successions: %w", err)
	}
	members, err := edition.Members(ctx, q, target.ID)
	if err != nil {
		return nil, fmt.Errorf("members: %w", err)
	}
	kept, err := db.Values[int64](ctx, q, sqlConsenting, source.ID)
	if err != nil {
		return nil, fmt.Errorf("consents: %w", err)
	}
	out := make([]Line, 0, len(all))
	for _, i := range all {
		s := fates[i.OrganisationID]
		l := Line{Source: i, Fate: s.Fate, From: s.From, To: s.To, Heir: s.Heir, Kept: slices.Contains(kept, i.ID)}
		l.Outside = l.To.ProvinceID != 0 && !slices.ContainsFunc(members, func(m edition.Member) bool { return m.ProvinceID == l.To.ProvinceID })
		l.Options = options(l, s.Kind)
		_, err := edition.KeptContact(ctx, q, l.Heir.ID, db.At(source.End()))
		if err != nil && conference.KindOf(err) != conference.KindNotFound {
			return nil, fmt.Errorf("look for a contact: %w", err)
		}
		l.Known = err == nil
		out = append(out, l)
	}
	return out, nil
}

const sqlConsenting = `SELECT c.invitation_id FROM focal_consent c JOIN invitation i ON i.id = c.invitation_id
WHERE i.edition_id = ? AND c.withdrawn_at IS NULL`

// options gives what may be decided about a line, the proposal first.
func options(l Line, kind edition.OrganisationKind) []Decision {
	switch {
	case l.Fate == edition.FateEnded:
		return []Decision{LeaveOut}
	case l.Outside:
		return []Decision{LeaveOut, AsGuest}
	case l.Fate == edition.FateMerged && kind == edition.KindDoit:
		return []Decision{MergeSum, MergeIn, LeaveOut}
	}
	return []Decision{Invite, LeaveOut}
}
