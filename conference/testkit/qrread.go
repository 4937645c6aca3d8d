package testkit

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// ReadQR gives the texts of all QR codes that zbarimg finds in a PNG picture, in
// its order, none when there is none. Without zbarimg the test is skipped, but
// fails where HOINGHI_BROWSER=1 promises that every outer program is installed.
func ReadQR(t testing.TB, png []byte) []string {
	t.Helper()
	program, err := exec.LookPath("zbarimg")
	if err != nil {
		if os.Getenv("HOINGHI_BROWSER") == "1" {
			t.Fatal("zbarimg is not installed (package zbar-tools)")
		}
		t.Skip("SKIPPED: no QR code was read: zbarimg is not installed (package zbar-tools)")
	}
	path := filepath.Join(t.TempDir(), "code.png")
	if err := os.WriteFile(path, png, 0o600); err != nil {
		t.Fatalf("write picture: %v", err)
	}
	cmd := exec.CommandContext(t.Context(), program, "-q", "--raw", "-Sdisable", "-Sqrcode.enable", path)
	out, err := cmd.Output()
	const nothingFound = 4 // zbarimg(1), "Exit status"
	var exit *exec.ExitError
	if errors.As(err, &exit) && exit.ExitCode() == nothingFound {
		return nil
	}
	if err != nil {
		t.Fatalf("zbarimg: %v", err)
	}
	return strings.Split(strings.TrimSuffix(string(out), "\n"), "\n")
}
