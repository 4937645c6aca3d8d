package vietnamese

import (
	"fmt"
	"time"
)

// Zone gives the time of Vietnam as a fixed zone, UTC+7, under its IANA name. A fixed
// zone needs no zone data on the server and is exact from 13 June 1975: the country
// has had one time and no summer time since then.
func Zone() *time.Location { return time.FixedZone("Asia/Ho_Chi_Minh", 7*60*60) }

// The functions below print t as it stands: the caller passes it in the zone wanted,
// as a rule t.In(Zone()).

// LetterDate gives the date as official letters write it (Decree 30/2020, Appendix I):
// "ngày 06 tháng 9 năm 2027", with a leading zero only for days below 10 and for the
// months 1 and 2. The spaces are plain.
func LetterDate(t time.Time) string {
	month := fmt.Sprintf("%d", t.Month())
	if t.Month() <= time.February {
		month = "0" + month
	}
	return fmt.Sprintf("ngày %02d tháng %s năm %d", t.Day(), month, t.Year())
}

// LetterTime gives the time of day as letters write it: "08 giờ 00".
func LetterTime(t time.Time) string {
	return fmt.Sprintf("%02d giờ %02d", t.Hour(), t.Minute())
}

// ShortDate gives the date for tables and screens: "14/10/2027", "06/09/2027".
func ShortDate(t time.Time) string { return t.Format("02/01/2006") }

// ClockTime gives the time of day for tables and screens in both languages: "08:00".
func ClockTime(t time.Time) string { return t.Format("15:04") }

// Weekday gives the day of the week in Vietnamese: "thứ Hai" … "thứ Bảy", "Chủ nhật".
func Weekday(t time.Time) string {
	switch t.Weekday() {
	case time.Monday:
		return "thứ Hai"
	case time.Tuesday:
		return "thứ Ba"
	case time.Wednesday:
		return "thứ Tư"
	case time.Thursday:
		return "thứ Năm"
	case time.Friday:
		return "thứ Sáu"
	case time.Saturday:
		return "thứ Bảy"
	case time.Sunday:
		return "Chủ nhật"
	}
	return ""
}

// EnglishDate gives the date for letters and screens in English: "14 October 2027".
func EnglishDate(t time.Time) string { return t.Format("2 January 2006") }

// EnglishWeekday gives the day of the week in English: "Thursday".
func EnglishWeekday(t time.Time) string { return t.Weekday().String() }
