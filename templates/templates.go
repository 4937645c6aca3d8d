// Package templates embeds every text that people read: page and mail templates,
// and the locale files in Vietnamese and English.
package templates

import "embed"

// FS holds layout, partial, page, mail and locales.
//
//go:embed layout partial page mail locales
var FS embed.FS
