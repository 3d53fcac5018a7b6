package verb

import "github.com/rabbitctl/rabbitctl/pkg/record"

// merged joins the sections of several items to tables. Sections without a name become the table "items", with the
// facts about one item in each row. Sections with the same name become one table. Columns that an item does not have
// stay empty.
func merged(hits record.Document) record.Document {
	var out record.Document
	at := map[string]int{}
	for _, s := range hits {
		name := s.Name
		if name == "" {
			name = "items"
		}
		i, there := at[name]
		if !there {
			i, at[name] = len(out), len(out)
			out = append(out, record.Section{Name: name})
		}
		into := &out[i]
		for _, c := range s.Columns {
			if record.IndexOf(into.Columns, c.Name) < 0 {
				into.Columns = append(into.Columns, c)
			}
		}
		for _, from := range s.Rows {
			row := make(record.Row, len(into.Columns))
			for k, c := range s.Columns {
				row[record.IndexOf(into.Columns, c.Name)] = from[k]
			}
			into.Rows = append(into.Rows, row)
		}
	}
	for i := range out {
		for k, row := range out[i].Rows {
			out[i].Rows[k] = append(row, make(record.Row, len(out[i].Columns)-len(row))...)
		}
	}
	return out
}
