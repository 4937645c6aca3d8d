package ui

import (
	"time"

	"hoinghi/conference/vietnamese"
)

// DateRange gives the days of an edition for people: "thứ Năm, 13/10/2022",
// "14–15/10/2027". from and to are dates as stored.
func DateRange(from, to, lang string) string {
	a, errA := time.ParseInLocation(time.DateOnly, from, vietnamese.Zone())
	b, errB := time.ParseInLocation(time.DateOnly, to, vietnamese.Zone())
	if errA != nil || errB != nil {
		return ""
	}
	if from == to {
		return Weekday(a, lang) + ", " + Date(a, lang)
	}
	return Date(a, lang) + " – " + Date(b, lang)
}

// Date gives a day for people: 14/10/2027, or 14 October 2027 in English.
func Date(t time.Time, lang string) string {
	t = t.In(vietnamese.Zone())
	if lang == "en" {
		return vietnamese.EnglishDate(t)
	}
	return vietnamese.ShortDate(t)
}

// Weekday gives a weekday's name.
func Weekday(t time.Time, lang string) string {
	t = t.In(vietnamese.Zone())
	if lang == "en" {
		return vietnamese.EnglishWeekday(t)
	}
	return vietnamese.Weekday(t)
}

// Clock gives a time of day: 08:00.
func Clock(t time.Time) string { return vietnamese.ClockTime(t.In(vietnamese.Zone())) }

// Moment gives date and time of day, "" for the zero time: 08:00, 14/10/2027.
func Moment(t time.Time, lang string) string {
	if t.IsZero() {
		return ""
	}
	return Clock(t) + ", " + Date(t, lang)
}

// ISO gives a moment for machines, with Viet Nam's offset.
func ISO(t time.Time) string { return t.In(vietnamese.Zone()).Format(time.RFC3339) }

const localMinute = "2006-01-02T15:04"

// LocalMinute gives a moment as a datetime-local field holds it, in Viet Nam's time.
func LocalMinute(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(vietnamese.Zone()).Format(localMinute)
}

// ParseLocalMinute reads a datetime-local field; empty is the zero time.
func ParseLocalMinute(s string) (time.Time, bool) {
	if s == "" {
		return time.Time{}, true
	}
	t, err := time.ParseInLocation(localMinute, s, vietnamese.Zone())
	return t, err == nil
}
