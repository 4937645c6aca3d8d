package desk

import "testing"

func TestHoursAsPeopleTypeThem(t *testing.T) {
	for typed, want := range map[string][2]int{"08:00": {8, 0}, "8:05": {8, 5}, "8h30": {8, 30}, "8 H 30": {8, 30}, "14g15": {14, 15}, "8h": {8, 0}, "8.45": {8, 45},
		"0830": {8, 30}, "830": {8, 30}, "24:00": {24, 0}, "00:00": {0, 0}} {
		if hour, minute, ok := readHour(typed); !ok || hour != want[0] || minute != want[1] {
			t.Errorf("%q is read as %d:%02d, %v", typed, hour, minute, ok)
		}
	}
	for _, typed := range []string{"8", "8:3", "lúc 8h", "8:30 pm", "-8:30", "12345", "25:00", "8:60", "24:01", ":", "８:00"} {
		if hour, minute, ok := readHour(typed); ok {
			t.Errorf("%q is read as %d:%02d", typed, hour, minute)
		}
	}
}
