package demo

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"hoinghi/conference"
	"hoinghi/conference/delegation"
	"hoinghi/conference/invitation"
	"hoinghi/conference/vietnamese"
)

// seed makes the story the same each time it is played.
const seed = 20221013

// stance is how a Sở takes its invitation.
type stance int

const (
	coming    stance = iota // sends a list
	accepting               // says that it comes, and has entered nobody yet
	looking                 // opened the link and said nothing
	silent                  // did not even open it
	declining
)

// party is one Sở in the story.
type party struct {
	slug           string // of its province
	stance         stance
	reason         string // for declining
	contact        invitation.Contact
	email          string          // the Sở's own
	quota          [groupCount]int // seats by delegate group, in the groups' order
	people         []person        // the head first
	id             int64           // of its invitation, once there is one
	organisationID int64
}

// actor gives the party's focal point as the one who acts.
func (p party) actor() conference.Actor {
	return conference.Actor{Kind: conference.ActorFocalPoint, ID: p.id, Label: p.contact.Name}
}

// person gives the person with a client key.
func (p party) person(key string) person {
	for _, x := range p.people {
		if x.ClientKey == key {
			return x
		}
	}
	return person{}
}

// person is one delegate in the story.
type person struct {
	delegation.Person
	group     int           // index of the delegate group
	late      bool          // entered after the list was sent
	withdraws bool          // after the list was sent
	arrived   time.Duration // how long before the demo's start at the door, 0 for not yet
	again     time.Duration // how long before the demo's start read a second time at the other device
	device    int           // index of the door's device
	byHand    bool          // found by name, without a badge
}

// caster makes people. Its numbers come in one fixed order.
type caster struct {
	*rand.Rand
	used    map[string]bool // names
	persons int
	names   nameLists
}

func newCast() []party {
	c := &caster{Rand: rand.New(rand.NewPCG(seed, 1)), used: map[string]bool{}, names: newNames()}
	for _, all := range wellKnown() {
		for _, w := range all {
			c.used[w.name] = true
		}
	}
	var out []party
	for n, s := range script() {
		domain := s.slug + ".vidu.invalid"
		p := party{slug: s.slug, stance: s.stance, reason: s.reason, quota: s.quota, email: "sct@" + domain}
		name, _ := c.name()
		p.contact = invitation.Contact{Name: name, Phone: fmt.Sprintf("0900 001 %03d", n+1)}
		if n%5 != 3 { // the others are reached through their Sở
			p.contact.Email = "daumoi@" + domain
		}
		p.people = c.people(s, domain)
		out = append(out, p)
	}
	return out
}

// people makes a delegation, group by group, and who comes to the door when.
func (c *caster) people(s scene, domain string) []person {
	known := wellKnown()[s.slug]
	var out []person
	for group := range groupCount {
		for n := range s.registered[group] + s.late[group] + s.excused[group] {
			x := person{group: group}
			if len(known) > 0 && known[0].group == group {
				x.FullName, x.Gender = known[0].name, known[0].gender
				known = known[1:]
			} else {
				x.FullName, x.Gender = c.name()
			}
			x.JobTitle, x.Organisation = c.part(s, group, n)
			x.Head = len(out) == 0
			x.ClientKey = fmt.Sprintf("vidu-%s-%03d", s.slug, len(out)+1)
			x.late = n >= s.registered[group]+s.excused[group]
			x.withdraws = !x.late && n >= s.registered[group]
			c.reach(&x, domain)
			c.door(&x, s)
			out = append(out, x)
		}
	}
	return out
}

// reach gives most people a telephone and two thirds an address, under a domain
// that can never exist (RFC 2606).
func (c *caster) reach(x *person, domain string) {
	c.persons++
	hasPhone, hasEmail := c.Float64() < 0.92, c.Float64() < 0.66
	if x.Head || hasPhone {
		x.Phone = fmt.Sprintf("0900 000 %03d", c.persons)
	}
	if x.withdraws || !x.Head && !hasEmail {
		return
	}
	words := strings.Fields(vietnamese.Fold(x.FullName))
	if len(words) > 4 {
		words = slices.Concat(words[:1], words[len(words)-3:])
	}
	x.Email = fmt.Sprintf("%s.%d@%s", strings.Join(words, "."), c.persons, domain)
}

// door decides who has come through it: two fifths of most delegations, the last
// of each list not among them.
func (c *caster) door(x *person, s scene) {
	comes, seconds, again, byHand := c.Float64(), c.IntN(2300), c.Float64(), c.Float64()
	x.device = c.IntN(2)
	if s.absent || x.late || x.withdraws || x.group == groupPress || comes > 0.42 && !x.Head {
		return
	}
	x.arrived = time.Duration(seconds+60) * time.Second
	x.byHand = x.Head && byHand < 0.6
	if again < 0.06 {
		x.again = x.arrived / 2
	}
}

// name makes a name that nobody has yet and that shows to be a sample: its given
// name or its middle name says so.
func (c *caster) name() (string, delegation.Gender) {
	for {
		gender, middles, givens := delegation.Male, c.names.maleMiddles, c.names.maleGivens
		if c.IntN(5) < 2 {
			gender, middles, givens = delegation.Female, c.names.femaleMiddles, c.names.femaleGivens
		}
		words := []string{c.pick(c.names.families)}
		marker := c.pick(c.names.markers)
		if c.IntN(10) < 4 { // "Nguyễn Văn Mẫu", "Lê Minh Họa"
			if marker == "Mẫu" || c.IntN(2) == 0 {
				words = append(words, c.pick(middles))
			}
			words = append(words, marker)
		} else { // "Trần Mẫu Đạt", "Phạm Thị Ví Dụ Hằng"
			if gender == delegation.Female && c.IntN(2) == 0 {
				words = append(words, "Thị")
			}
			words = append(words, marker, c.pick(givens))
		}
		if c.IntN(9) == 0 {
			gender = delegation.Unsaid
		}
		if name := strings.Join(words, " "); !c.used[name] {
			c.used[name] = true
			return name, gender
		}
	}
}

func (c *caster) pick(from []string) string { return from[c.IntN(len(from))] }
