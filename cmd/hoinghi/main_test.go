package main

import (
	"bytes"
	"strings"
	"testing"
)

func TestVersionAndHelp(t *testing.T) {
	for _, c := range []struct {
		args []string
		want string
	}{{[]string{"version"}, "hoinghi"}, {[]string{"--help"}, "demo"}, {[]string{"serve", "--help"}, "HOINGHI_SMTP_URL"}} {
		var out bytes.Buffer
		if err := run(t.Context(), c.args, &out, &out); err != nil {
			t.Errorf("%v: %v", c.args, err)
		}
		if !strings.Contains(out.String(), c.want) {
			t.Errorf("%v prints %q", c.args, out.String())
		}
	}
}

func TestWrongCommandLinesAreRefusedWithWords(t *testing.T) {
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"serv"}, "serve"},
		{[]string{"demo", "--addr", "0.0.0.0:0", "--data", t.TempDir()}, "--allow-remote"},
		{[]string{"serve", "--addr", "127.0.0.1:0", "--data", t.TempDir(), "--base-url", "hoinghi.example.vn"}, "https://"},
		{[]string{"serve", "--addr", "127.0.0.1:0", "--data", t.TempDir(), "--base-url", "https://" + strings.Repeat("a", 41) + ".vn"}, "base URL"},
		{[]string{"serve", "--addr", "127.0.0.1:0", "--data", t.TempDir(), "--trust-proxy", "x"}, "trusted proxy"},
		{[]string{"serve", "--addr", "127.0.0.1:0", "--data", t.TempDir(), "--smtp-url", "http://mail"}, "smtp://"},
	} {
		var out bytes.Buffer
		err := run(t.Context(), c.args, &out, &out)
		if err == nil || !strings.Contains(err.Error()+out.String(), c.want) {
			t.Errorf("%v: %v (%s)", c.args, err, out.String())
		}
	}
}
