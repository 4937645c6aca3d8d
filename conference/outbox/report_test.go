package outbox

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"hoinghi/conference/vietnamese"
)

const (
	sampleID = "jbyqdaqcrjtfb4naqq35rdabdg@hoinghi.example.vn"
	sampleTo = "mau1@donvi.example.vn"
)

// sample gives a mail as a server or a person wrote it, about the sample mail.
func sample(t testing.TB, name string) []byte {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("testdata", "returned", name+".eml"))
	if err != nil {
		t.Fatal(err)
	}
	return []byte(strings.NewReplacer("{ID}", sampleID, "{TO}", sampleTo).Replace(string(raw)))
}

// Reports as Postfix, Zimbra, Gmail, Exchange, Exim, qmail, sendmail and Yahoo write them are known,
// with what they say; what only looks like one is not.
func TestReportsAreRead(t *testing.T) {
	for name, want := range map[string]struct {
		nature nature
		kind   BounceKind
		code   string
		answer string // part of it
	}{
		"postfix-unknown":     {natureBounce, BounceHard, "5.1.1", "User unknown in local recipient table"},
		"postfix-delayed":     {natureBounce, BounceSoft, "4.4.1", "Connection timed out"},
		"postfix-expired":     {natureBounce, BounceSoft, "4.4.1", "No route to host"},
		"zimbra-full":         {natureBounce, BounceSoft, "5.2.2", "552 5.2.2 Over quota"},
		"gmail-unknown":       {natureBounce, BounceHard, "5.1.1", "550-5.1.1 The email account that you tried to reach does not exist."},
		"gmail-delayed":       {natureBounce, BounceSoft, "4.4.1", "did not accept our requests to connect"},
		"exchange-online":     {natureBounce, BounceHard, "5.1.10", "RESOLVER.ADR.RecipientNotFound"},
		"exchange-refused":    {natureBounce, BounceHard, "5.7.1", "rejected by organization policy"},
		"exchange-text":       {natureBounce, BounceHard, "5.1.1", "#5.1.1"},
		"exim":                {natureBounce, BounceHard, "", "550 No such user here"},
		"exim-delayed":        {natureBounce, BounceSoft, "", "Delay reason: Connection refused"},
		"qmail":               {natureBounce, BounceHard, "5.1.1", "550 5.1.1"},
		"qmail-full":          {natureBounce, BounceSoft, "5.2.2", "The mailfolder is full. (#5.2.2)"},
		"sendmail-general":    {natureBounce, BounceSoft, "5.2.2", "554 5.2.2 mailbox full"},
		"yahoo":               {natureBounce, BounceHard, "", "554: delivery error"},
		"forwarded":           {natureBounce, BounceHard, "5.1.1", "User unknown"},
		"list":                {natureBounce, BounceSoft, "4.2.2", "452 4.2.2 mailbox full"},
		"delivered":           {nature: natureDelivered},
		"read-receipt":        {nature: natureReceipt},
		"out-of-office":       {nature: natureReply},
		"vacation-postmaster": {nature: natureReply},
		"answer":              {nature: natureOther},
		"screen-gmail-vi":     {nature: natureOther},
		"screen-words":        {nature: natureOther},
	} {
		t.Run(name, func(t *testing.T) {
			r := readReport(sample(t, name), false)
			if r.nature != want.nature || r.nature != natureBounce && len(r.results) > 0 {
				t.Fatalf("nature %s, want %s: %+v", r.nature, want.nature, r)
			}
			if r.nature != natureBounce {
				return
			}
			one := r.about(strings.ToUpper(sampleTo))
			if one.kind != want.kind || one.code != want.code || !strings.Contains(one.answer, want.answer) || want.answer == "" {
				t.Errorf("%+v, want %+v", one, want)
			}
			if len(r.ids) != 1 || r.ids[0] != sampleID {
				t.Errorf("Message-IDs %v", r.ids)
			}
		})
	}
}

// What a person pastes as a returned mail is believed without its head, but not whatever it is.
func TestTextCopiedFromAScreen(t *testing.T) {
	for name, want := range map[string]struct {
		nature nature
		kind   BounceKind
		code   string
	}{
		"screen-gmail-vi":     {natureBounce, BounceHard, "5.1.1"},
		"screen-outlook-full": {natureBounce, BounceSoft, "5.2.2"},
		"screen-words":        {nature: natureOther},
		"out-of-office":       {nature: natureReply},
		"delivered":           {nature: natureDelivered},
	} {
		r := readReport(sample(t, name), true)
		if r.nature != want.nature {
			t.Errorf("%s: nature %s", name, r.nature)
			continue
		}
		if r.nature == natureBounce && (r.results[0].kind != want.kind || r.results[0].code != want.code) {
			t.Errorf("%s: %+v", name, r.results)
		}
		if r.nature == natureBounce && (len(r.ids) != 0 || len(r.addresses) == 0 || r.addresses[0] != sampleTo) {
			t.Errorf("%s: known by %v %v", name, r.ids, r.addresses)
		}
	}
	// A whole report survives what mail programs and pasting do to it.
	whole := string(sample(t, "postfix-unknown"))
	for what, text := range map[string]string{
		"line ends": strings.ReplaceAll(whole, "\r\n", "\n"), "empty lines before": "\n\n  \n" + whole, "mailbox file": "From MAILER-DAEMON Mon Sep  5 14:00:03 2022\n" + whole,
		"indents": vietnamese.NormaliseText(whole), "byte order": "\uFEFF" + whole, "cut off": whole[:strings.Index(whole, "Return-Path: <banthuky")+300],
	} {
		if r := readReport([]byte(text), true); r.nature != natureBounce || r.results[0].code != "5.1.1" {
			t.Errorf("%s: %+v", what, r)
		}
	}
}

func TestCodesAreNoAddressesOrVersions(t *testing.T) {
	for text, want := range map[string]string{
		"550 5.1.1 unknown": "5.1.1", "(#5.2.2)": "5.2.2", "host 4.4.2.1 said 550": "", "15.1.1": "", "Exim 4.94.2": "", "Postfix 2.10.1": "", "x 5.1.1.": "5.1.1",
		"mx[5.1.1.9]: 4.2.2": "4.2.2", "5.1.100": "5.1.100", "5.9.1": "", "2.0.0 Ok": "",
	} {
		if got := codeIn(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

// Hundreds of thousands of lines of a hostile mail are read in a time that grows with
// their number: what grew with its square would take many minutes, on any machine.
func TestHostileReportsAreReadInTime(t *testing.T) {
	deep := ""
	for i := range 2000 {
		b := strings.Repeat("x", i%7+1)
		deep += "From: a@b.vn\nTo: c@d.vn\nContent-Type: multipart/mixed; boundary=" + b + "\n\n--" + b + "\n"
	}
	for what, raw := range map[string]string{
		"nested":       deep,
		"folded":       "From: a@b.vn\nTo: c@d.vn\nSubject: x\n" + strings.Repeat(" y\n", 400000),
		"many fields":  strings.Repeat("To: a@b.vn\n", 100000),
		"many parts":   "From: a@b.vn\nTo: c@d.vn\nContent-Type: multipart/mixed; boundary=q\n\n" + strings.Repeat("--q\n\n", 200000),
		"blocks":       "From: MAILER-DAEMON\nTo: c@d.vn\nContent-Type: message/delivery-status\n\n" + strings.Repeat("rác\n\n", 200000),
		"one line":     "From: MAILER-DAEMON\nTo: c@d.vn\n\n" + strings.Repeat("user a b c d ", 100000),
		"tags":         "From: MAILER-DAEMON\nTo: c@d.vn\nContent-Type: text/html\n\n" + strings.Repeat("<style><", 130000),
		"many address": "From: MAILER-DAEMON\nTo: c@d.vn\n\n" + strings.Repeat("a@b.vn\n", 130000),
	} {
		begin := time.Now()
		_ = readReport([]byte(raw), true)
		if took := time.Since(begin); took > time.Minute {
			t.Errorf("%s: %v", what, took)
		}
	}
}

func FuzzReadReport(f *testing.F) {
	files, err := filepath.Glob("testdata/returned/*.eml")
	if err != nil || len(files) < 20 {
		f.Fatalf("%d samples, %v", len(files), err)
	}
	for _, name := range files {
		raw, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw, true)
		f.Add(raw, false)
	}
	f.Fuzz(func(t *testing.T, raw []byte, trusted bool) {
		r := readReport(raw, trusted)
		if (r.nature == natureBounce) != (len(r.results) > 0) {
			t.Fatalf("nature %s with %d results", r.nature, len(r.results))
		}
		for _, one := range r.results {
			if one.kind != BounceHard && one.kind != BounceSoft || one.code != "" && !statusCode.MatchString(one.code) {
				t.Fatalf("%+v", one)
			}
			if !utf8.ValidString(one.answer) || len([]rune(one.answer)) > maxSaid || strings.ContainsAny(one.answer, "\r\n\x00") {
				t.Fatalf("answer %q", one.answer)
			}
		}
		for _, id := range r.ids {
			if !ownID.MatchString(id) {
				t.Fatalf("Message-ID %q", id)
			}
		}
	})
}
