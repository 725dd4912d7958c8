package conformance

import (
	"encoding/xml"
	"strings"
)

// element is an XML element, read without the codecs that are under test.
type element struct {
	XMLName  xml.Name
	Attrs    []xml.Attr `xml:",any,attr"`
	Text     string     `xml:",chardata"`
	Children []*element `xml:",any"`
}

// frame reads the one element of a frame; an empty one stands for what is none.
func frame(text string) *element {
	e := &element{}
	if xml.NewDecoder(strings.NewReader(text)).Decode(e) != nil {
		return &element{}
	}
	return e
}

func (e *element) name() string { return e.XMLName.Local }

func (e *element) attr(name string) string {
	for _, a := range e.Attrs {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// first is the first child, or an empty element.
func (e *element) first() *element {
	if len(e.Children) == 0 {
		return &element{}
	}
	return e.Children[0]
}

// child is the first child of a name, or an empty element.
func (e *element) child(name string) *element {
	for _, c := range e.Children {
		if c.name() == name {
			return c
		}
	}
	return &element{}
}
