package vietnamese_test

import (
	"testing"
	"time"
	_ "time/tzdata" // the reference for Zone

	"hoinghi/conference/vietnamese"
)

func at(year int, month time.Month, day, hour, minute int) time.Time {
	return time.Date(year, month, day, hour, minute, 0, 0, vietnamese.Zone())
}

func TestDates(t *testing.T) {
	for _, c := range []struct {
		time                                      time.Time
		letter, letterTime, short, clock, english string
	}{
		{at(2027, 9, 6, 8, 0), "ngày 06 tháng 9 năm 2027", "08 giờ 00", "06/09/2027", "08:00", "6 September 2027"},
		{at(2027, 10, 14, 7, 30), "ngày 14 tháng 10 năm 2027", "07 giờ 30", "14/10/2027", "07:30", "14 October 2027"},
		{at(2027, 1, 31, 0, 5), "ngày 31 tháng 01 năm 2027", "00 giờ 05", "31/01/2027", "00:05", "31 January 2027"},
		{at(2028, 2, 29, 23, 59), "ngày 29 tháng 02 năm 2028", "23 giờ 59", "29/02/2028", "23:59", "29 February 2028"},
		{at(2027, 3, 10, 17, 0), "ngày 10 tháng 3 năm 2027", "17 giờ 00", "10/03/2027", "17:00", "10 March 2027"},
		{at(2027, 12, 9, 12, 0), "ngày 09 tháng 12 năm 2027", "12 giờ 00", "09/12/2027", "12:00", "9 December 2027"},
	} {
		for _, check := range []struct{ got, want string }{
			{vietnamese.LetterDate(c.time), c.letter},
			{vietnamese.LetterTime(c.time), c.letterTime},
			{vietnamese.ShortDate(c.time), c.short},
			{vietnamese.ClockTime(c.time), c.clock},
			{vietnamese.EnglishDate(c.time), c.english},
		} {
			if check.got != check.want {
				t.Errorf("got %q, want %q", check.got, check.want)
			}
		}
	}
}

func TestWeekdays(t *testing.T) {
	want := [][2]string{
		{"thứ Hai", "Monday"}, {"thứ Ba", "Tuesday"}, {"thứ Tư", "Wednesday"}, {"thứ Năm", "Thursday"},
		{"thứ Sáu", "Friday"}, {"thứ Bảy", "Saturday"}, {"Chủ nhật", "Sunday"},
	}
	for i, w := range want { // 11 October 2027 is a Monday
		day := at(2027, 10, 11+i, 8, 0)
		if vi, en := vietnamese.Weekday(day), vietnamese.EnglishWeekday(day); vi != w[0] || en != w[1] {
			t.Errorf("%s: %q, %q", day.Format(time.DateOnly), vi, en)
		}
	}
}

func TestZoneAgreesWithZoneData(t *testing.T) {
	reference, err := time.LoadLocation("Asia/Ho_Chi_Minh")
	if err != nil {
		t.Fatal(err)
	}
	if vietnamese.Zone().String() != reference.String() {
		t.Errorf("the zone is called %q", vietnamese.Zone())
	}
	for day := time.Date(1975, 6, 13, 12, 0, 0, 0, time.UTC); day.Year() < 2100; day = day.AddDate(0, 0, 5) {
		if got, want := day.In(vietnamese.Zone()).Format(time.DateTime), day.In(reference).Format(time.DateTime); got != want {
			t.Fatalf("%s UTC is %s, the zone data say %s", day.Format(time.DateTime), got, want)
		}
	}
}
