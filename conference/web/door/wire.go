package door

import (
	"encoding/json"

	"hoinghi/conference/badge"
	"hoinghi/conference/checkin"
	"hoinghi/conference/web/ui"
)

// The forms in which the door's page and the server talk. Times are unix ms.

// rawScan is a scan as sent, read one by one so that a bad one spoils no other.
type rawScan json.RawMessage

// UnmarshalJSON keeps the text as it is.
func (m *rawScan) UnmarshalJSON(text []byte) error {
	*m = append((*m)[:0], text...)
	return nil
}

type wireBatch struct {
	Sent   int64     `json:"sent"`
	Cursor int64     `json:"cursor"`
	Scans  []rawScan `json:"scans"`
}

type wireScan struct {
	ID       string          `json:"id"`
	Seq      int64           `json:"seq"`
	Token    string          `json:"token"`
	Badge    string          `json:"badge"` // taken when there is no token
	Delegate int64           `json:"delegate"`
	T        int64           `json:"t"`
	Off      int64           `json:"off"`
	Point    int64           `json:"point"` // where it was read; left out by devices of before
	Anyway   bool            `json:"anyway"`
	Reason   checkin.Reason  `json:"reason"`
	Local    checkin.Verdict `json:"local"`
}

type wireAnswer struct {
	Results []wireResult  `json:"results"`
	Changes []wireArrival `json:"changes"`
	Cursor  int64         `json:"cursor"`
	Now     int64         `json:"now"`
}

type wireResult struct {
	ID       string          `json:"id"`
	Verdict  checkin.Verdict `json:"verdict,omitempty"`
	Person   *wirePerson     `json:"person,omitempty"`
	First    *wireFirst      `json:"first,omitempty"`
	Reason   badge.Reason    `json:"reason,omitempty"`
	Replaced int64           `json:"replaced,omitempty"`
	Doubt    bool            `json:"doubt,omitempty"`
	Error    string          `json:"error,omitempty"`
}

type wireArrival struct {
	Delegate int64      `json:"delegate"`
	First    *wireFirst `json:"first"`
	Entries  int        `json:"entries,omitempty"`
}

type wireFirst struct {
	Scan       string `json:"scan"`
	At         int64  `json:"at"`
	Device     string `json:"device"`
	Checkpoint string `json:"checkpoint"`
	Mine       bool   `json:"mine,omitempty"`
}

type wirePerson struct {
	ID           int64  `json:"id"`
	Badge        string `json:"badge,omitempty"`
	Number       string `json:"number"`
	Name         string `json:"name"`
	Folded       string `json:"folded"`
	Title        string `json:"title,omitempty"`
	Organisation string `json:"organisation,omitempty"`
	Province     string `json:"province,omitempty"`
	Group        string `json:"group"`
	GroupCode    string `json:"group_code"`
	Colour       string `json:"colour"`
	State        string `json:"state"`
}

type wireListAnswer struct {
	Version string          `json:"version"`
	Now     int64           `json:"now"`
	At      int64           `json:"at"`
	Cursor  int64           `json:"cursor"`
	Arrived []wireArrival   `json:"arrived"`
	List    json.RawMessage `json:"list,omitempty"` // wireList; left out when the device has this version
}

type wireList struct {
	Edition    wireEdition   `json:"edition"`
	Device     wirePlace     `json:"device"`
	Checkpoint wirePoint     `json:"checkpoint"`
	Groups     []wireGroup   `json:"groups"`
	People     []wirePerson  `json:"people"`
	Revoked    []wireRevoked `json:"revoked"`
}

type wireEdition struct {
	Title string            `json:"title"`
	Event uint16            `json:"event"`
	Epoch int64             `json:"epoch"`
	Keys  map[string]string `json:"keys"` // key number to raw Ed25519 public key, base64
}

type wirePlace struct {
	ID   int64  `json:"id"`
	Name string `json:"name"`
}

// wirePoint is a checkpoint with the codes of the groups that it admits; none means everybody.
type wirePoint struct {
	wirePlace
	Admits []string `json:"admits"`
}

type wireGroup struct {
	Code     string `json:"code"`
	Name     string `json:"name"`
	Colour   string `json:"colour"`
	Category int    `json:"category"`
}

type wireRevoked struct {
	Badge    string       `json:"badge"`
	Delegate int64        `json:"delegate"`
	Reason   badge.Reason `json:"reason"`
}

func personOf(p checkin.Person, lang string) wirePerson {
	return wirePerson{ID: p.DelegateID, Badge: p.Badge, Number: p.Number, Name: p.Name, Folded: p.Folded, Title: p.Title, Organisation: p.Organisation,
		Province: p.Province(lang), Group: p.Group(lang), GroupCode: p.GroupCode, Colour: p.Colour, State: p.State}
}

func firstOf(f *checkin.First, device int64, lang string) *wireFirst {
	if f == nil {
		return nil
	}
	return &wireFirst{Scan: f.ScanID, At: f.At.UnixMilli(), Device: f.Device, Checkpoint: f.Checkpoint(lang), Mine: f.DeviceID == device}
}

func resultOf(r *ui.Request, res checkin.Result, device int64) wireResult {
	if res.Wrong() {
		return wireResult{ID: res.ID, Error: r.Say(res.Error)}
	}
	out := wireResult{ID: res.ID, Verdict: res.Verdict, First: firstOf(res.First, device, r.Lang()), Reason: res.Reason, Doubt: res.ClockDoubt}
	if !res.Replaced.IsZero() {
		out.Replaced = res.Replaced.UnixMilli()
	}
	if res.Person != nil {
		p := personOf(*res.Person, r.Lang())
		out.Person = &p
	}
	return out
}
