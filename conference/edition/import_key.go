package edition

import (
	"slices"
	"strings"
	"time"

	"hoinghi/conference/vietnamese"
)

// entryKey is what two spellings of one organisation have in common: the province of
// the day, since an organisation outlives a merger, and its name. One that is not of the
// day has the day from which it is there as well.
type entryKey struct {
	province int64
	name     string
	from     string
}

func keyOf(places *Places, o Organisation) entryKey {
	if now, ok := places.On(o.ProvinceID); ok {
		o.ProvinceID = now.ProvinceID
	}
	key := vietnamese.DedupeKey(o.NameVi)
	for short, long := range map[string]string{"sct ": "so cong thuong ", "ttkc ": "trung tam khuyen cong ", "ubnd ": "uy ban nhan dan "} {
		if rest, ok := strings.CutPrefix(key+" ", short); ok {
			key = strings.TrimSpace(long + rest)
		}
	}
	if o.Kind.public() && o.ProvinceID != 0 {
		key = places.Without(key, o.ProvinceID)
	}
	return entryKey{province: o.ProvinceID, name: key}
}

// dayReadings gives the days that a text may mean: Excel writes a date as the language of
// the computer wants it.
func dayReadings(text string) []string {
	var out []string
	for _, layout := range []string{time.DateOnly, "2/1/2006", "1/2/2006", "2-1-2006", "2.1.2006", "2 January 2006"} {
		if t, err := time.Parse(layout, text); err == nil {
			out = append(out, t.Format(time.DateOnly))
		}
	}
	return out
}

// key gives by what the organisation of a row is known. A row with a day means the one that
// is there from that day; without one, or when that is the same, the one of today.
func (r *rowReader) key(o Organisation) entryKey {
	key := keyOf(r.places, o)
	if r.text(FieldValidFrom) == "" || r.failed {
		return key
	}
	days := dayReadings(r.text(FieldValidFrom))
	now := o.ValidFrom
	if k := r.stored[key]; k != nil {
		now = k.ValidFrom
	}
	if slices.Contains(days, now) {
		return key
	}
	for _, day := range days {
		if dated := (entryKey{key.province, key.name, day}); r.stored[dated] != nil {
			return dated
		}
	}
	r.problem(FieldValidFrom, true, "import.problem.valid_from")
	return key
}
