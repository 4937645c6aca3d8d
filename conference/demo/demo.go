// Package demo plays the XII conference as example data through the rooms' own
// verbs: invented delegates with evident sample names, in delegations of the 20
// provinces that took part in 2022. What is told of the real event is what the
// press reported; everything else is invented and marked so by the edition.
package demo

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"hoinghi/conference"
	"hoinghi/conference/account"
	"hoinghi/conference/agenda"
	"hoinghi/conference/badge"
	"hoinghi/conference/checkin"
	"hoinghi/conference/delegation"
	"hoinghi/conference/edition"
	"hoinghi/conference/invitation"
	"hoinghi/conference/outbox"
	"hoinghi/conference/press"
	"hoinghi/conference/vietnamese"
	"hoinghi/db"
)

// Rooms are the rooms that the demo plays through.
type Rooms struct {
	Editions    *edition.Room
	Accounts    *account.Room
	Invitations *invitation.Room
	Delegations *delegation.Room
	Checkins    *checkin.Room
	Press       *press.Room
	Agenda      *agenda.Room
	Outbox      *outbox.Outbox
	Signer      *badge.Signer
}

// Links let somebody in as each kind of user, as often as they like. A part that
// the program does not have yet is "".
type Links struct {
	Base          string       `json:"base"`
	Administrator string       `json:"administrator"`
	Organiser     string       `json:"organiser"`
	Door          string       `json:"door"`
	Delegate      string       `json:"delegate"`
	Press         string       `json:"press"`
	PressOfficer  string       `json:"press_officer"`
	Supervisor    string       `json:"supervisor"`
	FocalPoints   []FocalPoint `json:"focal_points"`
}

// FocalPoint is the way in of one invited Sở Công Thương.
type FocalPoint struct {
	Province string `json:"province"` // in Vietnamese, without its kind
	Link     string `json:"link"`
	Code     string `json:"code"`
}

// The addresses of the two example editions. The second is made last, so it also
// says that the first was filled to its end.
const (
	SlugXII   = "xii-2022"
	SlugToday = "ky-mau-2027"
)

// The accounts of the demo.
const (
	administratorEmail = "quan-tri@vidu.invalid"
	organiserEmail     = "to-chuc@vidu.invalid"
	supervisorEmail    = "phu-trach-don-tiep@vidu.invalid"
	stewardEmail       = "don-tiep@vidu.invalid"
	pressEmail         = "bao-chi@vidu.invalid"
)

// stillOpen is how long registration stays open in a demo that is started after the
// conference: the focal points' pages could not be tried out otherwise.
const stillOpen = 60 * 24 * time.Hour

type filler struct {
	Rooms
	db   *db.DB
	keys *conference.Keys
	base string
	xii  edition.Edition
}

// Fill writes the example editions into an empty database and gives the links; in
// one that holds them already it makes fresh links only. baseURL is the public address
// of the site. Mails are delivered before it returns, unless a mail server is set, which
// gets them from the outbox's own Run; nothing else may Run the outbox meanwhile.
//
// It refuses a database that holds anything else than the demo: example data never mixes
// with real data.
func Fill(ctx context.Context, d *db.DB, keys *conference.Keys, rooms Rooms, baseURL string) (Links, error) {
	ctx = conference.WithActor(ctx, conference.Actor{Kind: conference.ActorSystem, Label: "demo", Roles: conference.Roles()})
	f := &filler{Rooms: rooms, db: d, keys: keys, base: strings.TrimRight(baseURL, "/")}
	filled, err := f.look(ctx)
	if err != nil {
		return Links{}, err
	}
	if filled {
		err = f.keepOpen(ctx)
	} else {
		err = f.play(ctx)
	}
	if err != nil {
		return Links{}, err
	}
	return f.links(ctx)
}

// The reasons why Fill leaves a database alone.
var (
	ErrReal     = errors.New("this folder holds a conference that is not example data: start the demo with another, empty folder")
	ErrHalfDone = errors.New("the demo of this folder was interrupted while it was filled: delete the folder, or start the demo with another one")
)

// look reports whether the database holds the demo already, and refuses one that
// holds anything else.
func (f *filler) look(ctx context.Context) (filled bool, err error) {
	all, err := edition.All(ctx, f.db)
	if err != nil {
		return false, fmt.Errorf("look at the editions: %w", err)
	}
	first, last := false, false
	for _, e := range all {
		if !e.IsSample {
			return false, ErrReal
		}
		if e.Slug == SlugXII {
			first, f.xii = true, e
		}
		last = last || e.Slug == SlugToday
	}
	switch {
	case first && last:
		return true, nil
	case first:
		return false, ErrHalfDone
	case len(all) > 0:
		return false, ErrReal
	}
	staff, err := f.Accounts.List(ctx)
	if err != nil {
		return false, fmt.Errorf("look at the accounts: %w", err)
	}
	if len(staff) > 0 {
		return false, ErrReal
	}
	return false, nil
}

// deadline gives the conference's own deadline while it is to come, then the end of
// the conference, and after that one that lets the demo be tried out still.
func (f *filler) deadline(s edition.Settings) db.Time {
	now := f.db.Now()
	switch {
	case now.Before(s.RegisterBy.Time):
		return s.RegisterBy
	case now.Before(s.End()):
		return db.At(s.End())
	}
	day := now.Add(stillOpen).In(vietnamese.Zone())
	return db.At(time.Date(day.Year(), day.Month(), day.Day(), 17, 0, 0, 0, vietnamese.Zone()))
}

// keepOpen moves a deadline that has passed since the demo was filled.
func (f *filler) keepOpen(ctx context.Context) error {
	draft := f.xii.Draft()
	draft.RegisterBy = f.deadline(draft.Settings)
	if err := f.Editions.Change(ctx, f.xii.ID, draft); err != nil {
		return fmt.Errorf("keep registration open: %w", err)
	}
	return nil
}

// play is the demo's story, from the empty database to the busy door.
func (f *filler) play(ctx context.Context) error {
	if err := f.makeXII(ctx); err != nil {
		return err
	}
	staff, passwords, err := f.hire(ctx)
	if err != nil {
		return err
	}
	cast := newCast()
	asOrganiser := conference.WithActor(ctx, staff.organiser.Actor())
	if err := f.invite(asOrganiser, cast); err != nil {
		return err
	}
	post := f.deliver(ctx)
	err = f.answer(ctx, cast)
	if err == nil {
		err = f.talk(ctx, asOrganiser, cast)
	}
	if err == nil {
		err = f.receivePress(ctx, staff.press.Actor())
	}
	if err == nil {
		err = f.openDoor(ctx, cast)
	}
	if err == nil {
		err = f.openStations(ctx, cast, staff.supervisor.Actor())
	}
	if err = errors.Join(err, post.finish(ctx, err == nil), passwords()); err != nil {
		return err
	}
	return f.makeToday(ctx)
}

func (f *filler) makeXII(ctx context.Context) error {
	if err := f.Editions.Seed(ctx); err != nil {
		return fmt.Errorf("seed provinces: %w", err)
	}
	draft := edition.XII()
	draft.Slug, draft.RegisterBy = SlugXII, f.deadline(draft.Settings)
	var err error
	if f.xii, err = f.Editions.Create(ctx, draft); err != nil {
		return fmt.Errorf("create edition: %w", err)
	}
	if err := f.Editions.SetFront(ctx, f.xii.ID); err != nil {
		return fmt.Errorf("set front page: %w", err)
	}
	return each(agenda.SampleXII(f.xii), func(d agenda.Draft) error {
		s, err := f.Agenda.Add(ctx, f.xii.ID, d)
		if err != nil {
			return fmt.Errorf("add session: %w", err)
		}
		if s.Kind == agenda.KindPaper {
			return f.addPapers(ctx, s)
		}
		return nil
	})
}

// addPapers adds the papers one by one: each follows the one before.
func (f *filler) addPapers(ctx context.Context, s agenda.Session) error {
	for _, p := range agenda.SamplePapersXII() {
		speaker, err := f.Agenda.AddSpeaker(ctx, f.xii.ID, p.Speaker)
		if err != nil {
			return fmt.Errorf("add speaker: %w", err)
		}
		p.Speech.SpeakerID = speaker.ID
		if _, err := f.Agenda.AddSpeech(ctx, s.ID, p.Speech); err != nil {
			return fmt.Errorf("add paper: %w", err)
		}
	}
	return nil
}

// makeToday makes the empty edition of the provinces of today.
func (f *filler) makeToday(ctx context.Context) error {
	draft := edition.Today()
	draft.Slug, draft.IsPublic = SlugToday, false
	e, err := f.Editions.Create(ctx, draft)
	if err != nil {
		return fmt.Errorf("create today's edition: %w", err)
	}
	if _, err := f.Checkins.Default(ctx, e.ID); err != nil {
		return fmt.Errorf("make today's checkpoint: %w", err)
	}
	return nil
}
