package outbox_test

import (
	"context"
	"fmt"
	"io"
	"log"
	"net"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
	gomail "github.com/wneessen/go-mail"

	"hoinghi/conference/outbox"
	"hoinghi/conference/testkit"
	"hoinghi/db"
)

// sink is a mail server that takes everything and keeps nothing, so that what is
// measured is the sender.
type sink struct {
	port  int
	taken atomic.Int64
}

func newSink(b *testing.B) *sink {
	b.Helper()
	l, err := (&net.ListenConfig{}).Listen(b.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	s := &sink{}
	server := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return sinking{s}, nil }))
	server.Domain, server.ErrorLog = "sink.example.vn", log.New(io.Discard, "", 0)
	_, port, err := net.SplitHostPort(l.Addr().String())
	if err == nil {
		s.port, err = strconv.Atoi(port)
	}
	if err != nil {
		b.Fatal(err)
	}
	done := make(chan struct{})
	go func() { defer close(done); _ = server.Serve(l) }()
	b.Cleanup(func() { _ = server.Close(); <-done })
	return s
}

type sinking struct{ s *sink }

func (c sinking) Mail(string, *smtp.MailOptions) error { return nil }
func (c sinking) Rcpt(string, *smtp.RcptOptions) error { return nil }
func (c sinking) Reset()                               {}
func (c sinking) Logout() error                        { return nil }

func (c sinking) Data(r io.Reader) error {
	if _, err := io.Copy(io.Discard, r); err != nil {
		return err
	}
	c.s.taken.Add(1)
	return nil
}

// letter is as long as a real invitation: about 6 KB on the line.
func letter(i int64) (subject, text, html string) {
	text = strings.Repeat("Trân trọng kính mời Quý cơ quan cử đoàn đại biểu tham dự Hội nghị.\n", 20)
	return fmt.Sprint("Thư mời số ", i), text, "<p>" + strings.ReplaceAll(text, "\n", "</p>\n<p>") + "</p>"
}

// BenchmarkMails sends the same mails to a local server by the outbox, each with a
// durable note before and after, and by a bare loop over go-mail that forgets what it
// did, in turns within one run, over as many lines each.
func BenchmarkMails(b *testing.B) {
	for _, lines := range []int{1, 4, 10} {
		b.Run(fmt.Sprint(lines), func(b *testing.B) {
			s := newSink(b)
			store := testkit.Store(b, testkit.NewClock())
			const each = 500
			var kept, bare time.Duration
			campaign := int64(0)
			for b.Loop() {
				campaign++
				bare += bareLoop(b, s, lines, each)
				kept += throughOutbox(b, s, store, campaign, lines, each)
			}
			n := float64(campaign * each)
			b.ReportMetric(n/kept.Seconds(), "mails/s")
			b.ReportMetric(n/bare.Seconds(), "bare/s")
			b.ReportMetric(bare.Seconds()/kept.Seconds(), "ratio")
		})
	}
}

func throughOutbox(b *testing.B, s *sink, store *db.DB, campaign int64, lines, mails int) time.Duration {
	b.Helper()
	box, err := outbox.New(store, testkit.Quiet(), outbox.Config{SMTPURL: fmt.Sprintf("smtp://127.0.0.1:%d", s.port), From: "btc@hoinghi.example.vn", Workers: lines})
	if err != nil {
		b.Fatal(err)
	}
	box.Compose("test.letter", func(_ context.Context, m outbox.Mail) (outbox.Message, error) {
		subject, text, html := letter(m.SubjectID)
		return outbox.Message{Subject: subject, Text: text, HTML: html}, nil
	})
	testkit.Write(b, store, func(ctx context.Context, tx *db.Tx) error {
		for i := range mails {
			if _, err := box.Queue(ctx, tx, outbox.Queued{Kind: "test.letter", Subject: int64(i), ToAddress: address(i), Campaign: campaign}); err != nil {
				return err
			}
		}
		return nil
	})
	changed, end := store.Subscribe("outbox")
	defer end()
	ctx, stop := context.WithCancel(b.Context())
	ran := make(chan struct{})
	want, begin := s.taken.Load()+int64(mails), time.Now()
	go func() { defer close(ran); _ = box.Run(ctx) }()
	for {
		<-changed
		if s.taken.Load() < want {
			continue
		}
		if p, err := box.CampaignProgress(ctx, campaign); err != nil || p.Sent == mails {
			break
		}
	}
	took := time.Since(begin)
	stop()
	<-ran
	if p, err := box.CampaignProgress(b.Context(), campaign); err != nil || p.Sent != mails || s.taken.Load() != want {
		b.Fatalf("%+v, %v, %d taken", p, err, s.taken.Load()-want+int64(mails))
	}
	return took
}

func bareLoop(b *testing.B, s *sink, lines, mails int) time.Duration {
	b.Helper()
	begin := time.Now()
	var next atomic.Int64
	var wg sync.WaitGroup
	for range lines {
		wg.Go(func() {
			if err := bareLine(b.Context(), s, &next, int64(mails)); err != nil {
				b.Error(err)
			}
		})
	}
	wg.Wait()
	return time.Since(begin)
}

func bareLine(ctx context.Context, s *sink, next *atomic.Int64, mails int64) error {
	client, err := gomail.NewClient("127.0.0.1", gomail.WithPort(s.port), gomail.WithTLSPolicy(gomail.NoTLS), gomail.WithoutNoop(), gomail.WithHELO("hoinghi.example.vn"))
	if err != nil {
		return err
	}
	if err := client.DialWithContext(ctx); err != nil {
		return err
	}
	for i := next.Add(1); i <= mails; i = next.Add(1) {
		m := gomail.NewMsg()
		if err := m.From("btc@hoinghi.example.vn"); err != nil {
			return err
		}
		if err := m.To(address(int(i))); err != nil {
			return err
		}
		subject, text, html := letter(i)
		m.Subject(subject)
		m.SetBodyString(gomail.TypeTextPlain, text)
		m.AddAlternativeString(gomail.TypeTextHTML, html)
		if err := client.Send(m); err != nil {
			return err
		}
	}
	return client.Close()
}
