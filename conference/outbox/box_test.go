package outbox_test

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"hoinghi/conference/audit"
	"hoinghi/conference/outbox"
	"hoinghi/conference/testkit"
)

// reportOn gives a report as a server or a person wrote it, about a mail of the rig's.
func (r *rig) reportOn(name string, m outbox.Mail) []byte {
	r.t.Helper()
	raw, err := os.ReadFile(filepath.Join("testdata", "returned", name+".eml"))
	if err != nil {
		r.t.Fatal(err)
	}
	return []byte(strings.NewReplacer("{ID}", m.MessageID, "{TO}", m.ToAddress).Replace(string(raw)))
}

// gone queues a mail about subject i, and waits until it has left.
func (r *rig) gone(i int) outbox.Mail {
	r.t.Helper()
	id := r.queue(i)
	return r.untilState(id, outbox.StateSent, 1)
}

func (r *rig) bounces(m outbox.Mail) []outbox.Bounce {
	r.t.Helper()
	all, err := r.box.BouncesOf(r.t.Context(), m.ID)
	if err != nil {
		r.t.Fatal(err)
	}
	return all[m.ID]
}

func (r *rig) status() outbox.BoxStatus {
	r.t.Helper()
	s, ok := r.box.ReturnBox()
	if !ok {
		r.t.Fatal("no mailbox of returned mail")
	}
	return s
}

// readOnce waits until the mailbox was read again from its beginning to its end.
func (r *rig) readOnce() {
	r.t.Helper()
	r.clock.Advance(time.Second)
	now := r.clock.Now()
	r.until("the mailbox is read", func() bool { return !r.status().ReadAt.Before(now) })
	r.clock.Advance(time.Second) // that look may have begun before
	now = r.clock.Now()
	r.until("the mailbox is read again", func() bool { return !r.status().ReadAt.Before(now) })
}

func withBox(url string) func(*outbox.Config) {
	return func(cfg *outbox.Config) { cfg.ReturnBox, cfg.ReturnEvery = url, 10*time.Millisecond }
}

// What comes into an IMAP folder is tied to the mails that it is about; reports are marked as read, letters
// and reports about strangers' mails are left as they are.
func TestReturnedMailIsReadByIMAP(t *testing.T) {
	server := testkit.NewIMAP(t)
	r := newRig(t, testkit.NewSMTP(t), withBox(server.URL()))
	r.run()
	hard, soft, answered := r.gone(1), r.gone(2), r.gone(3)
	waiting := r.mail(r.queueAs(outbox.Queued{Kind: "test.odd", Subject: 9, ToAddress: address(9)})) // no composer: never leaves
	stranger := outbox.Mail{MessageID: "0123456789abcdefghjkmnpqrs@hoinghi.example.vn", ToAddress: "ai@do.example.vn"}
	now := r.clock.Now()
	server.Put(r.reportOn("answer", answered), now)
	server.Put(r.reportOn("postfix-unknown", hard), now)
	server.Put(r.reportOn("zimbra-full", soft), now)
	server.Put(r.reportOn("postfix-unknown", stranger), now)
	server.Put(r.reportOn("postfix-unknown", waiting), now)
	server.Put(r.reportOn("out-of-office", answered), now)
	server.Put(r.reportOn("qmail", hard), now) // the same thing said again
	r.readOnce()

	if b := r.bounces(hard); len(b) != 1 || b[0].Kind != outbox.BounceHard || b[0].Code != "5.1.1" || b[0].Source != outbox.SourceIMAP ||
		b[0].ReceivedAt.IsZero() || !strings.Contains(b[0].Answer, "User unknown") {
		t.Errorf("hard %+v", b)
	}
	if b := r.bounces(soft); len(b) != 1 || b[0].Kind != outbox.BounceSoft || b[0].Code != "5.2.2" {
		t.Errorf("soft %+v", b)
	}
	for _, m := range []outbox.Mail{answered, waiting} {
		if b := r.bounces(m); len(b) != 0 {
			t.Errorf("%s came back: %+v", m.ToAddress, b)
		}
	}
	if m := r.mail(hard.ID); m.State != outbox.StateSent {
		t.Errorf("the mail's state became %s", m.State)
	}
	if seen, want := server.Seen(), []bool{false, true, true, false, false, false, true}; !slices.Equal(seen, want) {
		t.Errorf("marked as read: %v, want %v", seen, want)
	}
	history, err := audit.History(t.Context(), r.db, "mail", hard.ID)
	if err != nil || len(history) != 1 || history[0].Action != "outbox.bounced" || history[0].ActorKind != "system" {
		t.Errorf("audit %+v, %v", history, err)
	}
	r.stop()
	for _, secret := range []string{testkit.IMAPUser, testkit.IMAPPassword, address(1), "donvi.example.vn"} {
		if strings.Contains(r.log.String(), secret) {
			t.Errorf("%q is in the log: %s", secret, r.log)
		}
	}
}

// A bounce that came while the program stood still is found by the next start, and what was read
// is not read again.
func TestReadingGoesOnWhereItStopped(t *testing.T) {
	server := testkit.NewIMAP(t)
	r := newRig(t, testkit.NewSMTP(t), withBox(server.URL()))
	r.run()
	first, second := r.gone(1), r.gone(2)
	server.Put(r.reportOn("postfix-unknown", first), r.clock.Now())
	r.readOnce()
	r.stop()
	taken := r.bounces(first)
	if err := r.box.ForgetBounce(t.Context(), first.ID, taken[0].ID); err != nil {
		t.Fatal(err)
	}
	server.Put(r.reportOn("gmail-unknown", second), r.clock.Now())
	r.box = r.newBox(withBox(server.URL()))
	r.run()
	r.readOnce()
	if b := r.bounces(second); len(b) != 1 {
		t.Errorf("the new one: %+v", b)
	}
	if b := r.bounces(first); len(b) != 0 {
		t.Errorf("what was taken back is there again: %+v", b)
	}
}

// The line breaks anywhere: in the greeting, in the login, in a mail, before the mark. Every report counts
// once all the same, and what counts is marked in the end.
func TestLineToTheMailboxBreaksAnywhere(t *testing.T) {
	server := testkit.NewIMAP(t)
	r := newRig(t, testkit.NewSMTP(t), nil)
	r.run()
	var mails []outbox.Mail
	for i := range 4 {
		m := r.gone(i)
		mails = append(mails, m)
		server.Put(r.reportOn("gmail-unknown", m), r.clock.Now())
	}
	r.stop()
	cuts := []int{}
	for n := 0; n < 16000; n += 311 {
		cuts = append(cuts, n)
	}
	server.Cut(cuts...)
	r.box = r.newBox(func(cfg *outbox.Config) { withBox(server.URL())(cfg); cfg.ReturnEvery = time.Microsecond })
	r.run()
	r.until("all lines were cut", func() bool { _, left := server.Lines(); return left == 0 })
	r.readOnce()
	for _, m := range mails {
		if b := r.bounces(m); len(b) != 1 {
			t.Errorf("bounces %+v", b)
		}
	}
	if seen := server.Seen(); !slices.Equal(seen, []bool{true, true, true, true}) {
		t.Errorf("marked as read: %v", seen)
	}
	if n := strings.Count(r.log.String(), "returned mail cannot be read"); n == 0 || n > 2 {
		t.Errorf("%d lines in the log for one trouble", n)
	}
}

// A server that is away is tried again, more and more rarely; the desk can tell since when.
func TestMailboxOutOfReach(t *testing.T) {
	server := testkit.NewIMAP(t)
	r := newRig(t, testkit.NewSMTP(t), withBox(server.URL()))
	server.Stop()
	m := r.queue(1)
	r.run()
	r.until("the trouble is known", func() bool { return r.status().Failing })
	if s := r.status(); s.Problem.Key != "outbox.box.connect" || s.Words == "" || s.ProblemAt.IsZero() || !s.ReadAt.IsZero() || strings.Contains(s.Place, testkit.IMAPUser) {
		t.Errorf("status %+v", s)
	}
	r.untilState(m, outbox.StateSent, 1) // mail leaves all the same
	server.Start()
	server.Put(r.reportOn("exim", r.mail(m)), r.clock.Now())
	r.readOnce()
	if s := r.status(); s.Failing || s.ReadAt.IsZero() || s.ProblemAt.IsZero() || s.Problem.Key == "" {
		t.Errorf("status afterwards %+v", s)
	}
	if b := r.bounces(r.mail(m)); len(b) != 1 || b[0].Code != "" {
		t.Errorf("bounces %+v", b)
	}
}

func TestMailboxRefusesUs(t *testing.T) {
	server := testkit.NewIMAP(t)
	for what, c := range map[string]struct{ url, key string }{
		"wrong password": {"imap://ai:sai-mat-khau@" + server.Addr(), "outbox.box.login"},
		"no such folder": {strings.Replace(server.URL(), "/INBOX", "/Tra-lai", 1), "outbox.box.folder"},
		"no such path":   {"maildir:" + filepath.Join(t.TempDir(), "khong-co"), "outbox.box.folder"},
	} {
		r := newRig(t, testkit.NewSMTP(t), withBox(c.url))
		r.run()
		r.until(what, func() bool { return r.status().Failing })
		if s := r.status(); s.Problem.Key != c.key || s.Words == "" {
			t.Errorf("%s: %+v", what, s)
		}
		r.stop()
		if strings.Contains(r.log.String(), "sai-mat-khau") || strings.Contains(r.log.String(), "mật khẩu") {
			t.Errorf("the password is in the log: %s", r.log)
		}
	}
}

func TestLineToTheMailboxIsProtected(t *testing.T) {
	for _, full := range []bool{false, true} {
		server, pool := testkit.NewSecureIMAP(t, full)
		for _, trusted := range []bool{true, false} {
			r := newRig(t, testkit.NewSMTP(t), withBox(server.URL()))
			if trusted {
				r.box.Trust(pool)
			}
			r.run()
			if trusted {
				r.until("the mailbox is read", func() bool { return !r.status().ReadAt.IsZero() })
			} else {
				r.until("the certificate is refused", func() bool { return r.status().Failing && r.status().Problem.Key == "outbox.box.connect" })
			}
			r.stop()
		}
	}
}

// A folder that a mail server writes mails into as files.
func TestReturnedMailIsReadFromAMaildir(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("a Maildir has colons in its names")
	}
	dir := t.TempDir()
	for _, sub := range []string{"new", "cur", "tmp"} {
		if err := os.Mkdir(filepath.Join(dir, sub), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	r := newRig(t, testkit.NewSMTP(t), withBox("maildir:"+dir))
	r.run()
	hard, late, answered, old := r.gone(1), r.gone(2), r.gone(3), r.gone(4)
	put := func(name string, raw []byte) {
		t.Helper()
		tmp := filepath.Join(dir, "tmp", "x")
		if err := os.WriteFile(tmp, raw, 0o600); err != nil {
			t.Fatal(err)
		}
		at := r.clock.Now()
		if strings.Contains(name, "xua") {
			at = at.AddDate(0, -1, 0)
		}
		if err := os.Chtimes(tmp, at, at); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(tmp, filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	put("new/1.a.host", r.reportOn("sendmail-general", hard))
	put("cur/2.b.host:2,F", r.reportOn("exim-delayed", late))
	put("new/3.c.host", r.reportOn("answer", answered))
	put("new/4.xua.host", r.reportOn("postfix-unknown", old))
	r.readOnce()
	if b := r.bounces(hard); len(b) != 1 || b[0].Source != outbox.SourceMaildir || b[0].Code != "5.2.2" {
		t.Errorf("bounces %+v", b)
	}
	if b := r.bounces(late); len(b) != 1 || b[0].Kind != outbox.BounceSoft {
		t.Errorf("bounces %+v", b)
	}
	if len(r.bounces(answered))+len(r.bounces(old)) != 0 {
		t.Error("a letter or an old report counts")
	}
	for _, name := range []string{"cur/1.a.host:2,S", "cur/2.b.host:2,FS", "new/3.c.host", "new/4.xua.host"} {
		if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
			t.Errorf("%s is not there: %v", name, err)
		}
	}
}

// Each mail's own mark in the envelope's sender ties a report to it that repeats nothing of the mail.
func TestReportIsKnownByTheAddressItComesTo(t *testing.T) {
	server := testkit.NewIMAP(t)
	r := newRig(t, testkit.NewSMTP(t), func(cfg *outbox.Config) {
		withBox(server.URL())(cfg)
		cfg.ReturnTo = "tra-lai+ID@hoinghi.example.vn"
	})
	r.run()
	m, other := r.gone(1), r.gone(2)
	got := r.received(2)[0]
	mark, _, _ := strings.Cut(m.MessageID, "@")
	if want := "tra-lai+" + mark + "@hoinghi.example.vn"; got.EnvelopeFrom != want || got.From.Address != "banthuky@hoinghi.example.vn" {
		t.Fatalf("envelope sender %s, want %s", got.EnvelopeFrom, want)
	}
	raw := strings.NewReplacer("{ID}", "khac@noikhac.example.vn", "{TO}", m.ToAddress, "To: banthuky@hoinghi.example.vn", "To: "+strings.ToUpper(got.EnvelopeFrom))
	report, err := os.ReadFile("testdata/returned/postfix-unknown.eml")
	if err != nil {
		t.Fatal(err)
	}
	server.Put([]byte(raw.Replace(string(report))), r.clock.Now())
	r.readOnce()
	if len(r.bounces(m)) != 1 || len(r.bounces(other)) != 0 {
		t.Errorf("bounces %+v %+v", r.bounces(m), r.bounces(other))
	}
}

func TestAddressOfReturnedMail(t *testing.T) {
	for _, c := range []struct{ to, want string }{
		{"", "banthuky@hoinghi.example.vn"}, {"tra-lai@example.vn", "tra-lai@example.vn"},
	} {
		r := newRig(t, testkit.NewSMTP(t), func(cfg *outbox.Config) { cfg.ReturnTo = c.to })
		r.run()
		r.passes(1)
		if got := r.received(1)[0].EnvelopeFrom; got != c.want {
			t.Errorf("envelope sender %s, want %s", got, c.want)
		}
	}
	for _, bad := range []string{"trả-lại@example.vn", "tra lai@example.vn", "tra-lai", strings.Repeat("a", 40) + "+ID@example.vn"} {
		if _, err := outbox.New(nil, testkit.Quiet(), outbox.Config{ReturnTo: bad}); err == nil {
			t.Errorf("%s: %v", bad, err)
		}
	}
}

func TestParseMailbox(t *testing.T) {
	for raw, want := range map[string]string{
		"imaps://u:p@mail.example.vn":                        "mail.example.vn:993/INBOX tls",
		"imaps://u:p%40%2F@mail.example.vn:1993/Tr%E1%BA%A3": "mail.example.vn:1993/Trả tls",
		"imap://u:p@mail.example.vn/A/B":                     "mail.example.vn:143/A/B starttls",
		"imap://u:p@mail.example.vn?tls=none":                "mail.example.vn:143/INBOX none",
		"imap://u:p@127.0.0.1:1143":                          "127.0.0.1:1143/INBOX none",
		"maildir:/var/mail/hoinghi/":                         "/var/mail/hoinghi ",
		"maildir:///var/mail/hoinghi":                        "/var/mail/hoinghi ",
	} {
		m, err := outbox.ParseMailbox(raw)
		if got := m.String() + " " + string(m.Server.TLS); err != nil || got != want {
			t.Errorf("%s: %s, %v, want %s", raw, got, err, want)
		}
	}
	for _, raw := range []string{"", "x", "pop3://u:p@h", "imaps://mail.example.vn", "imaps://u@mail.example.vn", "imaps://u:bimat@", "imaps://u:bimat@h:0",
		"imaps://u:bimat@h?tls=none", "imap://u:bimat@h?x=1", "imaps://u:bi#mat@h", "imaps://u:bi/mat@h", "maildir:", "maildir:/"} {
		if m, err := outbox.ParseMailbox(raw); err == nil || strings.Contains(err.Error(), "bimat") {
			t.Errorf("%s: %+v, %v", raw, m, err)
		}
	}
	m, err := outbox.ParseMailbox("imaps://ten:bimat@mail.example.vn")
	if err != nil {
		t.Fatal(err)
	}
	if s := fmt.Sprintf("%v %+v %#v %s", m, m, m, &m); strings.Contains(s, "bimat") || strings.Contains(s, "ten:") {
		t.Errorf("shows the password: %s", s)
	}
}
