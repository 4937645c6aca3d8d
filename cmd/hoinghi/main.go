// Hoinghi runs a conference of public bodies from one file: see README.md.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"

	"github.com/alecthomas/kong"
)

func main() {
	limitMemory()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer context.AfterFunc(ctx, stop)() // a second signal does not wait for the drain
	if err := run(ctx, os.Args[1:], os.Stdout, os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, "hoinghi:", err)
		os.Exit(1)
	}
}

// limitMemory has the collector work harder before the program grows past 512 MiB:
// far above what a conference needs, and low enough that a few large imports or
// pictures at once do not get it killed on a machine of 1 GB. The limit is soft; the
// environment's GOMEMLIMIT goes before it.
func limitMemory() {
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(512 << 20)
	}
}

type command struct {
	Serve    serveCommand    `cmd:"" help:"Run the conference on a data folder; an empty one is set up."`
	Demo     demoCommand     `cmd:"" help:"Run the example edition and print ready sign-in links for each kind of user."`
	Backup   backupCommand   `cmd:"" help:"Write one archive of database and key; the program may be running."`
	Restore  restoreCommand  `cmd:"" help:"Replace database and key by those of an archive, after checking it; the program must be stopped."`
	Password passwordCommand `cmd:"" help:"Print a link that sets a new password for an account; the program must be stopped."`
	Health   healthCommand   `cmd:"" help:"Ask a running program whether it is ready; exit code 0 if it is."`
	Version  versionCommand  `cmd:"" help:"Print the version."`

	Licences licencesCommand `cmd:"" help:"Print the licences of everything that is compiled in."`
}

// streams are what a command prints to; only run hands them out.
type streams struct{ out, err io.Writer }

var errUsage = errors.New("see hoinghi --help")

// run carries out one command line. Everything that it starts has ended when it returns.
func run(ctx context.Context, args []string, out, errOut io.Writer) error {
	var cli command
	exited := false
	parser, err := kong.New(&cli, kong.Name("hoinghi"), kong.UsageOnError(), kong.Writers(out, errOut),
		kong.Description("Hội nghị: invitations, delegations, badges and the door of a conference of public bodies, in one file."),
		kong.Exit(func(int) { exited = true }), kong.BindTo(ctx, (*context.Context)(nil)), kong.Bind(streams{out, errOut}))
	if err != nil {
		return fmt.Errorf("command line: %w", err)
	}
	parsed, err := parser.Parse(args)
	if exited {
		return nil // --help was answered
	}
	if err != nil {
		return errors.Join(err, errUsage)
	}
	return explain(parsed.Run())
}

type versionCommand struct{}

// Run prints the version.
func (versionCommand) Run(s streams) error {
	_, err := fmt.Fprintln(s.out, "hoinghi", version())
	return err
}

// version gives the module's version, or the revision it was built from.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && len(s.Value) >= 10 {
			return s.Value[:10]
		}
	}
	if v := info.Main.Version; v != "" && v != "(devel)" {
		return v
	}
	return "dev"
}
