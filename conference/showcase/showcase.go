// Package showcase holds the craft villages that the conference presents, with
// their photos. What is not confirmed is never shown as a fact: it is marked as
// being checked, or left out.
package showcase

import (
	"slices"
	"strings"

	"hoinghi/conference"
	"hoinghi/db"
)

// Room is the showcase room. Its methods are safe for concurrent use.
type Room struct {
	db       *db.DB
	pictures chan struct{} // holds one token: pictures are worked on one at a time
}

// New makes the room on an open database.
func New(d *db.DB) *Room { return &Room{db: d, pictures: make(chan struct{}, 1)} }

// Topic is what a change of any village is published under.
const Topic = "showcase"

// Group is a family of crafts, for filters.
type Group string

// Groups lists the families in the order in which they are shown.
func Groups() []Group {
	return []Group{"food", "seafood", "drink", "textile", "plaiting", "pottery", "wood", "metal", "stone", "handicraft", "garden"}
}

// GroupText gives the name of a family for people.
func GroupText(g Group) conference.Text { return conference.Say("showcase.group." + string(g)) }

// Recognition is a title that a village or its craft holds (domain 5.1).
type Recognition string

// The titles: of the nation's heritage list, and of Decree 52/2018/NĐ-CP.
const (
	NationalHeritage        Recognition = "national_heritage"
	TraditionalCraftVillage Recognition = "traditional_craft_village"
	CraftVillage            Recognition = "craft_village"
	TraditionalCraft        Recognition = "traditional_craft"
)

// Recognitions lists the titles from the highest to the lowest.
func Recognitions() []Recognition {
	return []Recognition{NationalHeritage, TraditionalCraftVillage, CraftVillage, TraditionalCraft}
}

// RecognitionText gives the name of a title for people.
func RecognitionText(r Recognition) conference.Text {
	return conference.Say("showcase.recognition." + string(r))
}

// Titles is a set of recognitions as it is stored: codes in order, with a space
// between.
type Titles string

// TitlesOf makes the set of the titles named, in order and each once; names that
// are none are left out.
func TitlesOf(codes []string) Titles {
	var out []string
	for _, r := range Recognitions() {
		if slices.Contains(codes, string(r)) {
			out = append(out, string(r))
		}
	}
	return Titles(strings.Join(out, " "))
}

// List gives the titles of the set.
func (t Titles) List() []Recognition {
	var out []Recognition
	for _, code := range strings.Fields(string(t)) {
		out = append(out, Recognition(code))
	}
	return out
}

// Confidence says how far an entry as a whole can be trusted.
type Confidence string

// The degrees of confidence: only High is shown as a fact.
const (
	High   Confidence = "high"   // village and craft exist as stated
	Medium Confidence = "medium" // needs confirmation by the province
)

// Draft is all that an organiser types about a village. Its form fields are the
// columns: name, craft, place_2022 and so on.
type Draft struct {
	Name              string // in Vietnamese, in every language
	Craft             string
	Group             Group
	Products          string
	Place2022         string // commune and district before 1 July 2025
	PlaceNow          string // commune of today, "" if not known
	ProvinceID        int64  // the identity of its province of 2022
	Recognised        Titles
	RecognisedCertain bool
	Confidence        Confidence
	NoteVi            string
	NoteEn            string
	ToCheck           string // for the organisers only
}

// Village is one craft village.
type Village struct {
	ID   int64
	Slug string // of addresses; never changes
	Draft
	ProvinceNowID int64 // what its province of 2022 belongs to today
	Published     bool
	ChangedAt     db.Time
	PhotoID       int64 // its first photo, 0 for none
	Photos        int
	folded        string
}

// Note gives what is told about the village, "" for nothing.
func (d Draft) Note(lang string) string { return pick(lang, d.NoteVi, d.NoteEn) }

// Confirmed reports whether the entry as a whole may be shown as a fact.
func (d Draft) Confirmed() bool { return d.Confidence == High }

// Facts gives the titles that may be shown as facts: none while they are uncertain.
func (d Draft) Facts() []Recognition {
	if !d.RecognisedCertain {
		return nil
	}
	return d.Recognised.List()
}

// Doubtful reports whether there is a title that still has to be confirmed.
func (d Draft) Doubtful() bool { return d.Recognised != "" && !d.RecognisedCertain }

// Province gives the identity of the village's province under a boundary.
func (v Village) Province(b Boundary) int64 {
	if b == Then {
		return v.ProvinceID
	}
	return v.ProvinceNowID
}

func pick(lang, vi, en string) string {
	if lang == "en" && en != "" {
		return en
	}
	return vi
}
