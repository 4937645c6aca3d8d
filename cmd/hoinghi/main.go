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
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout, os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, "hoinghi:", err)
		os.Exit(1)
	}
}

type command struct {
	Serve   serveCommand   `cmd:"" help:"Run the conference on a data folder; an empty one is set up."`
	Demo    demoCommand    `cmd:"" help:"Run the example edition and print ready sign-in links for each kind of user."`
	Version versionCommand `cmd:"" help:"Print the version."`
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
	return parsed.Run()
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
	return info.Main.Version
}
