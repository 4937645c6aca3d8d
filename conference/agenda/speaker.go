package agenda

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"hoinghi/conference"
	"hoinghi/conference/audit"
	"hoinghi/conference/edition"
	"hoinghi/conference/vietnamese"
	"hoinghi/db"
)

// SpeakerDraft is all that an organiser types about a speaker. Its form fields are
// the columns. An empty English text falls back to the Vietnamese.
type SpeakerDraft struct {
	FullName       string
	Gender         string // male, female, or "" when it was not said
	Degree         string // before the name: TS., PGS.TS.
	JobTitleVi     string
	JobTitleEn     string
	OrganisationVi string
	OrganisationEn string
}

// Speaker is somebody who speaks at an edition.
type Speaker struct {
	ID        int64
	EditionID int64
	SpeakerDraft
}

// Genders lists what may be said of a speaker's gender.
func Genders() []string { return []string{"", "male", "female"} }

// HonorificText gives the form of address: Ông, Bà, or nothing when nothing was said.
func HonorificText(gender string) conference.Text {
	if gender == "" {
		gender = "unsaid"
	}
	return conference.Say("agenda.honorific." + gender)
}

// GenderText gives the choice of a gender for people.
func GenderText(gender string) conference.Text {
	if gender == "" {
		gender = "unsaid"
	}
	return conference.Say("agenda.gender." + gender)
}

// Addressed gives the name with the form of address and the degree: "Bà TS. Nguyễn Thị
// Mẫu". say puts a text into the reader's words.
func (s SpeakerDraft) Addressed(say func(conference.Text) string) string {
	return vietnamese.Normalise(say(HonorificText(s.Gender)) + " " + s.Degree + " " + s.FullName)
}

// Position gives job title and organisation, "" when neither is known.
func (s SpeakerDraft) Position(lang string) string {
	var parts []string
	for _, p := range []string{pick(lang, s.JobTitleVi, s.JobTitleEn), pick(lang, s.OrganisationVi, s.OrganisationEn)} {
		if p != "" {
			parts = append(parts, p)
		}
	}
	return strings.Join(parts, ", ")
}

func (s *Speaker) fields() []any {
	return []any{&s.ID, &s.EditionID, &s.FullName, &s.Gender, &s.Degree, &s.JobTitleVi, &s.JobTitleEn, &s.OrganisationVi, &s.OrganisationEn}
}

const sqlSpeakers = `SELECT id, edition_id, full_name, gender, degree, job_title_vi, job_title_en, organisation_vi, organisation_en
FROM agenda_speaker WHERE edition_id = ? AND removed_at IS NULL ORDER BY sort_key, id`

// Speakers gives an edition's speakers in the order of Vietnamese names.
func Speakers(ctx context.Context, q db.Reader, editionID int64) ([]Speaker, error) {
	return db.Many(ctx, q, sqlSpeakers, (*Speaker).fields, editionID)
}

const sqlSpeaker = `SELECT id, edition_id, full_name, gender, degree, job_title_vi, job_title_en, organisation_vi, organisation_en
FROM agenda_speaker WHERE id = ?1 AND (removed_at IS NOT NULL) = ?2`

// SpeakerByID gives a speaker or conference.NotFound.
func SpeakerByID(ctx context.Context, q db.Reader, id int64) (Speaker, error) {
	return db.One(ctx, q, sqlSpeaker, (*Speaker).fields, id, false)
}

// RemovedSpeaker gives a speaker who was taken off the list, or conference.NotFound.
func RemovedSpeaker(ctx context.Context, q db.Reader, id int64) (Speaker, error) {
	return db.One(ctx, q, sqlSpeaker, (*Speaker).fields, id, true)
}

const (
	maxName   = 120
	maxDegree = 40
)

func (s *SpeakerDraft) check(p *conference.Problems) {
	tidy(p, text{"full_name", &s.FullName, maxName}, text{"degree", &s.Degree, maxDegree},
		text{"job_title_vi", &s.JobTitleVi, maxBy}, text{"job_title_en", &s.JobTitleEn, maxBy},
		text{"organisation_vi", &s.OrganisationVi, maxBy}, text{"organisation_en", &s.OrganisationEn, maxBy})
	if s.FullName == "" {
		p.Add("full_name", "agenda.error.missing")
	}
	if !slices.Contains(Genders(), s.Gender) {
		p.Add("gender", "agenda.error.gender")
	}
}

const sqlNamesakes = `SELECT organisation_vi FROM agenda_speaker WHERE edition_id = ?1 AND folded = ?2 AND id <> ?3 AND removed_at IS NULL`

// checkKnown notes a speaker who is on the list already: same name, same organisation.
func (s *SpeakerDraft) checkKnown(ctx context.Context, tx *db.Tx, p *conference.Problems, editionID, id int64) error {
	known, err := db.Values[string](ctx, tx, sqlNamesakes, editionID, vietnamese.DedupeKey(s.FullName), id)
	if err != nil {
		return err
	}
	for _, organisation := range known {
		if vietnamese.Fold(organisation) == vietnamese.Fold(s.OrganisationVi) {
			p.Add("full_name", "agenda.error.speaker_known")
			return nil
		}
	}
	return nil
}

func (s SpeakerDraft) detail() map[string]any {
	return map[string]any{"full_name": s.FullName, "job_title_vi": s.JobTitleVi, "organisation_vi": s.OrganisationVi}
}

func noteSpeaker(ctx context.Context, tx *db.Tx, editionID, id int64, action string, detail map[string]any) error {
	publish(tx, editionID)
	return audit.Note(ctx, tx, audit.Change{Edition: editionID, Action: action, SubjectKind: "agenda_speaker", SubjectID: id, Detail: detail})
}

const sqlAddSpeaker = `INSERT INTO agenda_speaker
	(edition_id, full_name, folded, sort_key, gender, degree, job_title_vi, job_title_en, organisation_vi, organisation_en, changed_at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`

// AddSpeaker puts somebody on an edition's list of speakers. Errors: not found;
// forbidden; invalid with fields, also when they are on the list already.
func (r *Room) AddSpeaker(ctx context.Context, editionID int64, s SpeakerDraft) (Speaker, error) {
	if err := conference.MayOrganiseIn(ctx, editionID); err != nil {
		return Speaker{}, err
	}
	var out Speaker
	err := r.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if _, err := edition.ByID(ctx, tx, editionID); err != nil {
			return err
		}
		if err := s.fit(ctx, tx, editionID, 0); err != nil {
			return err
		}
		id, err := db.Insert(ctx, tx, sqlAddSpeaker, editionID, s.FullName, vietnamese.DedupeKey(s.FullName), vietnamese.SortKey(s.FullName),
			s.Gender, s.Degree, s.JobTitleVi, s.JobTitleEn, s.OrganisationVi, s.OrganisationEn, db.At(tx.Now()))
		if err != nil {
			return fmt.Errorf("add speaker: %w", err)
		}
		out = Speaker{ID: id, EditionID: editionID, SpeakerDraft: s}
		return noteSpeaker(ctx, tx, editionID, id, "agenda.add_speaker", s.detail())
	})
	return out, err
}

// fit checks a speaker and gives every problem as one error.
func (s *SpeakerDraft) fit(ctx context.Context, tx *db.Tx, editionID, id int64) error {
	var p conference.Problems
	s.check(&p)
	if err := s.checkKnown(ctx, tx, &p, editionID, id); err != nil {
		return err
	}
	return p.Err()
}

const sqlChangeSpeaker = `UPDATE agenda_speaker SET full_name = ?2, folded = ?3, sort_key = ?4, gender = ?5, degree = ?6, job_title_vi = ?7,
	job_title_en = ?8, organisation_vi = ?9, organisation_en = ?10, changed_at = ?11
WHERE id = ?1`

// sqlTouchSpoken tells calendars and feeds that the sessions of a speaker read otherwise.
const sqlTouchSpoken = `UPDATE agenda_session SET sequence = sequence + 1, changed_at = ?2
WHERE removed_at IS NULL AND id IN (SELECT session_id FROM agenda_speech WHERE speaker_id = ?1 AND removed_at IS NULL)`

// ChangeSpeaker replaces what is known of a speaker. Errors: as AddSpeaker.
func (r *Room) ChangeSpeaker(ctx context.Context, id int64, s SpeakerDraft) error {
	if err := conference.MayOrganise(ctx); err != nil {
		return err
	}
	return r.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		before, err := SpeakerByID(ctx, tx, id)
		if err != nil {
			return err
		}
		if err := s.fit(ctx, tx, before.EditionID, id); err != nil {
			return err
		}
		if s == before.SpeakerDraft {
			return nil
		}
		if err := db.Exec(ctx, tx, sqlChangeSpeaker, id, s.FullName, vietnamese.DedupeKey(s.FullName), vietnamese.SortKey(s.FullName), s.Gender, s.Degree,
			s.JobTitleVi, s.JobTitleEn, s.OrganisationVi, s.OrganisationEn, db.At(tx.Now())); err != nil {
			return fmt.Errorf("change speaker: %w", err)
		}
		if err := db.Exec(ctx, tx, sqlTouchSpoken, id, db.At(tx.Now())); err != nil {
			return fmt.Errorf("touch sessions of a speaker: %w", err)
		}
		return noteSpeaker(ctx, tx, before.EditionID, id, "agenda.change_speaker", map[string]any{"before": before.detail(), "after": s.detail()})
	})
}

const (
	sqlSpeaks = `SELECT s.title_vi, s.title_en FROM agenda_speech p JOIN agenda_session s ON s.id = p.session_id
WHERE p.speaker_id = ? AND p.removed_at IS NULL AND s.removed_at IS NULL ORDER BY s.starts_at LIMIT 1`
	sqlRemoveSpeaker = `UPDATE agenda_speaker SET removed_at = ?2, changed_at = ?2 WHERE id = ?1`
)

// RemoveSpeaker takes somebody off the list; RestoreSpeaker brings them back.
// Errors: not found; forbidden; conflict while they still have a speech.
func (r *Room) RemoveSpeaker(ctx context.Context, id int64) error {
	if err := conference.MayOrganise(ctx); err != nil {
		return err
	}
	return r.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		s, err := SpeakerByID(ctx, tx, id)
		if err != nil {
			return err
		}
		title, err := db.One(ctx, tx, sqlSpeaks, func(n *conference.Names) []any { return []any{&n.Vi, &n.En} }, id)
		switch {
		case err == nil:
			return conference.Fail(conference.KindConflict, "agenda.error.speaker_used", "speaker", s.FullName, "title", title)
		case conference.KindOf(err) != conference.KindNotFound:
			return err
		}
		if err := db.Exec(ctx, tx, sqlRemoveSpeaker, id, db.At(tx.Now())); err != nil {
			return fmt.Errorf("remove speaker: %w", err)
		}
		return noteSpeaker(ctx, tx, s.EditionID, id, "agenda.remove_speaker", s.detail())
	})
}

const sqlRestoreSpeaker = `UPDATE agenda_speaker SET removed_at = NULL, changed_at = ?2 WHERE id = ?1`

// RestoreSpeaker puts a removed speaker back on the list. Errors: not found;
// forbidden; invalid when they were added anew meanwhile.
func (r *Room) RestoreSpeaker(ctx context.Context, id int64) error {
	if err := conference.MayOrganise(ctx); err != nil {
		return err
	}
	return r.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		s, err := RemovedSpeaker(ctx, tx, id)
		if err != nil {
			return err
		}
		if err := s.fit(ctx, tx, s.EditionID, id); err != nil {
			return err
		}
		if err := db.Exec(ctx, tx, sqlRestoreSpeaker, id, db.At(tx.Now())); err != nil {
			return fmt.Errorf("restore speaker: %w", err)
		}
		return noteSpeaker(ctx, tx, s.EditionID, id, "agenda.restore_speaker", s.detail())
	})
}
