package edition

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"unicode"

	"hoinghi/conference/vietnamese"
	"hoinghi/db"
)

// Places finds provinces by what people write: any spelling, abbreviation or former
// name. It holds the provinces as they are on one day.
type Places struct {
	day      string
	byName   map[string]int64     // what people write, folded → identity
	names    map[int64][]string   // the same the other way round
	versions map[int64][]Province // in order of time
	next     map[int64][]Merger
}

// otherNames are what people write beside the names and abbreviations of the table.
var otherNames = map[string][]string{
	"ho-chi-minh":     {"hcm", "tphcm", "sai gon"},
	"ba-ria-vung-tau": {"br vt", "brvt", "vung tau", "ba ria"},
	"hue":             {"tt hue", "tth"},
	"bac-kan":         {"bac can"},
	"dak-lak":         {"dac lac", "dac lak", "darlac"},
	"dak-nong":        {"dac nong"},
	"ha-noi":          {"hn"},
}

// PlacesOn reads the provinces for a day ("2006-01-02").
func PlacesOn(ctx context.Context, q db.Reader, day string) (*Places, error) {
	all, err := db.Many(ctx, q, sqlProvinces, (*Province).fields, "", "", 0)
	if err != nil {
		return nil, err
	}
	mergers, err := Lineage(ctx, q)
	if err != nil {
		return nil, err
	}
	p := &Places{day: day, byName: map[string]int64{}, names: map[int64][]string{}, versions: map[int64][]Province{}, next: map[int64][]Merger{}}
	slices.SortStableFunc(all, func(a, b Province) int { return cmp.Compare(a.ValidFrom, b.ValidFrom) })
	for _, v := range all {
		p.versions[v.ProvinceID] = append(p.versions[v.ProvinceID], v)
	}
	for _, m := range mergers {
		p.next[m.OldID] = append(p.next[m.OldID], m)
	}
	for _, v := range all {
		for _, name := range append([]string{v.NameVi, v.NameEn, v.Slug, v.Abbr}, otherNames[v.Slug]...) {
			p.add(placeKey(name), v.ProvinceID)
			p.add(strings.ReplaceAll(placeKey(name), " ", ""), v.ProvinceID)
		}
	}
	return p, nil
}

func (p *Places) add(name string, id int64) {
	if name == "" {
		return
	}
	if _, taken := p.byName[name]; !taken {
		p.byName[name] = id
	}
	if !slices.Contains(p.names[id], name) {
		p.names[id] = append(p.names[id], name)
	}
}

// placeKey folds a province's name without its kind.
func placeKey(name string) string {
	key := vietnamese.Fold(name)
	for _, kind := range []string{"tinh ", "thanh pho ", "tp ", "t p ", "city of "} {
		key = strings.TrimPrefix(key, kind)
	}
	for _, kind := range []string{" province", " city"} {
		key = strings.TrimSuffix(key, kind)
	}
	return key
}

// Find gives the province of the day that somebody means, and the version whose name was
// written when that is another one: of a former province, or of a later name.
// ok is false for what is no province.
func (p *Places) Find(written string) (now Province, former Province, ok bool) {
	key := placeKey(written)
	id, ok := p.byName[key]
	if !ok {
		id, ok = p.byName[strings.ReplaceAll(key, " ", "")]
	}
	if !ok {
		return Province{}, Province{}, false
	}
	now, ok = p.On(id)
	if !ok {
		return Province{}, Province{}, false
	}
	if now.ProvinceID != id {
		return now, p.versions[id][len(p.versions[id])-1], true
	}
	return now, Province{}, true
}

// On gives what a province (its identity) is on the day: itself, or what it became part of.
// One that comes later is given as it will be.
func (p *Places) On(id int64) (Province, bool) {
	for range 10 {
		versions := p.versions[id]
		if len(versions) == 0 {
			return Province{}, false
		}
		if v, ok := p.itself(id); ok {
			return v, true
		}
		moved := false
		for _, m := range p.next[id] {
			if m.OnDay <= p.day {
				id, moved = m.NewID, true
				break
			}
		}
		if !moved {
			return versions[0], true
		}
	}
	return Province{}, false
}

// Named gives how a province is or was called last, whatever became of it; the zero
// value for an identity that does not exist.
func (p *Places) Named(id int64) Province {
	versions := p.versions[id]
	if len(versions) == 0 {
		return Province{}
	}
	if v, ok := p.itself(id); ok {
		return v
	}
	return versions[len(versions)-1]
}

// itself gives the version of a province that holds on the day.
func (p *Places) itself(id int64) (Province, bool) {
	for _, v := range p.versions[id] {
		if v.ValidFrom <= p.day && (v.ValidTo == "" || v.ValidTo >= p.day) {
			return v, true
		}
	}
	return Province{}, false
}

// All gives the provinces of the day in Vietnamese order.
func (p *Places) All() []Province {
	var out []Province
	for id := range p.versions {
		if v, ok := p.itself(id); ok {
			out = append(out, v)
		}
	}
	slices.SortFunc(out, func(a, b Province) int {
		return slices.Compare(vietnamese.TextKey(a.NameVi), vietnamese.TextKey(b.NameVi))
	})
	return out
}

// Within gives the province whose name stands at the end of a text, as in "Sở Công
// Thương tỉnh Bình Phước".
func (p *Places) Within(text string) (now Province, ok bool) {
	words := strings.Fields(vietnamese.Fold(text))
	for n := min(5, len(words)-1); n > 0; n-- {
		tail := strings.Join(words[len(words)-n:], " ")
		if len(tail) < 4 && tail != "hue" {
			continue
		}
		if now, _, ok = p.Find(tail); ok {
			return now, true
		}
	}
	return Province{}, false
}

// InName gives the province of which the name of a body says that it is its own: the one behind
// "tỉnh" or "thành phố", with short behind "TP" too, which in the name of a company may mean "thực
// phẩm". A town that is no province names none.
func (p *Places) InName(name string, short bool) (now Province, ok bool) {
	words := strings.FieldsFunc(strings.ToLower(vietnamese.CanonicalTone(name)), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	plain := strings.Join(words, " ") == vietnamese.Fold(name) // typed without marks; else "tính" or "tinh" is another word
	for i, w := range words {
		city := w == "thành" && i+1 < len(words) && words[i+1] == "phố" || plain && w == "thanh" && i+1 < len(words) && words[i+1] == "pho"
		if w != "tỉnh" && (!short || w != "tp") && !city && (!plain || w != "tinh") {
			continue
		}
		from := i + 1
		if city {
			from++
		}
		for n := min(5, len(words)-from); n > 0; n-- {
			tail := strings.Join(words[from:from+n], " ")
			if len(tail) < 4 && tail != "huế" && tail != "hue" && tail != "hcm" {
				continue
			}
			if now, _, ok = p.Find(tail); ok {
				return now, true
			}
		}
	}
	return Province{}, false
}

// Without drops the province's own name from the end of a folded text.
func (p *Places) Without(folded string, id int64) string {
	for _, name := range p.names[id] {
		if rest, ok := strings.CutSuffix(folded, " "+name); ok {
			folded = rest
			break
		}
	}
	for _, kind := range []string{" tinh", " thanh pho", " tp"} {
		folded = strings.TrimSuffix(folded, kind)
	}
	return folded
}

// Near gives up to three provinces of the day whose names are like what was written.
func (p *Places) Near(written string) []Province {
	key := placeKey(written)
	type near struct {
		p Province
		d int
	}
	best := map[int64]near{}
	for name, id := range p.byName {
		if len(name) < 4 {
			continue
		}
		d := distance(key, name)
		if d > max(2, len(name)/3) {
			continue
		}
		v, ok := p.On(id)
		if b, seen := best[v.ProvinceID]; ok && (!seen || d < b.d) {
			best[v.ProvinceID] = near{v, d}
		}
	}
	var all []near
	for _, n := range best {
		all = append(all, n)
	}
	slices.SortFunc(all, func(a, b near) int { return cmp.Or(cmp.Compare(a.d, b.d), cmp.Compare(a.p.NameVi, b.p.NameVi)) })
	var out []Province
	for _, n := range all[:min(3, len(all))] {
		out = append(out, n.p)
	}
	return out
}

// distance is the number of letters to change, add or drop (Levenshtein).
func distance(a, b string) int {
	a, b = a[:min(len(a), 60)], b[:min(len(b), 60)]
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		left := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := left
			if a[i] != b[j] {
				change++
			}
			left = row[j+1]
			row[j+1] = min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
