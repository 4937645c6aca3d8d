package invitation_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"testing"
	"time"

	"go.uber.org/goleak"

	"hoinghi/conference"
	"hoinghi/conference/invitation"
	"hoinghi/conference/outbox"
	"hoinghi/conference/testkit"
	"hoinghi/db"
	"hoinghi/templates"
)

// Where a child process finds its database, and the moment it takes for now.
const (
	childDatabase = "HOINGHI_TEST_REMINDER_DATABASE"
	childMoment   = "HOINGHI_TEST_REMINDER_MOMENT"
)

func TestMain(m *testing.M) {
	if path := os.Getenv(childDatabase); path != "" {
		if err := child(path, os.Getenv(childMoment)); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	goleak.VerifyTestMain(m)
}

// child carries plans out in a process of its own until it is killed.
func child(path, moment string) error {
	now, err := time.Parse(time.RFC3339, moment)
	if err != nil {
		return err
	}
	d, err := db.Open(context.Background(), path, db.Options{Now: func() time.Time { return now }, Log: testkit.Quiet()})
	if err != nil {
		return err
	}
	keys, err := conference.NewKeys(make([]byte, conference.MasterKeySize))
	if err != nil {
		return err
	}
	loc, err := templates.LoadLocales()
	if err != nil {
		return err
	}
	out, err := outbox.New(d, testkit.Quiet(), outbox.Config{})
	if err != nil {
		return err
	}
	room := invitation.New(d, keys, out, loc, baseURL)
	fmt.Println("ready")
	for {
		if _, err := room.RemindDue(context.Background()); err != nil && conference.KindOf(err) != conference.KindUnavailable {
			return err
		}
	}
}

// The process is killed (SIGKILL) at every stage of carrying out a plan, while another one
// carries it out too. In the end everybody has one reminder.
func TestKilledWhileReminding(t *testing.T) {
	h := open(t)
	all := h.plannable(t, 20)
	h.confirm(t)
	moment := at(t, "2022-09-30 08:00:00")
	h.clock.Set(moment)
	for n := range 6 {
		cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^$")
		cmd.Env = append(os.Environ(), childDatabase+"="+h.db.Path(), childMoment+"="+moment.Format(time.RFC3339))
		cmd.Stderr = os.Stderr
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		if _, err := out.Read(make([]byte, 6)); err != nil {
			t.Fatalf("the child did not begin: %v", err)
		}
		kill := time.NewTimer(time.Duration(n) * 2 * time.Millisecond)
		<-kill.C
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		var exit *exec.ExitError
		if err := cmd.Wait(); !errors.As(err, &exit) || exit.ExitCode() != -1 {
			t.Errorf("the child ended by itself: %v", err)
		}
		if got := h.reminded(t); len(got) != 0 && len(got) != len(all) {
			t.Errorf("%d reminders after a kill: a plan is carried out whole or not at all", len(got))
		}
		if n == 2 { // make what was done undone, so that the later kills meet work too
			h.exec(t, `DELETE FROM reminder`)
			h.exec(t, `DELETE FROM mail WHERE kind = ?`, invitation.KindRemind)
		}
	}
	if _, err := h.room.RemindDue(t.Context()); err != nil {
		t.Fatal(err)
	}
	got := h.reminded(t)
	slices.Sort(got)
	if len(got) != len(all) || len(slices.Compact(got)) != len(all) {
		t.Errorf("%d reminders for %d organisations", len(got), len(all))
	}
}

// The job of the program sends what is due when it starts, and ends with it.
func TestTheJobSendsAndEnds(t *testing.T) {
	h := open(t)
	h.plannable(t, 3)
	h.confirm(t)
	h.clock.Set(at(t, "2022-09-30 12:00:00"))
	told, stop := h.db.Subscribe(invitation.Topic(h.xii.ID))
	defer stop()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { defer close(done); h.room.RunReminders(ctx, testkit.Loud(t)) }()
	<-told
	cancel()
	<-done
	if got := h.reminded(t); len(got) != 3 {
		t.Errorf("%d reminders", len(got))
	}
}
