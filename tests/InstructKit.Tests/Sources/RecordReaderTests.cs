using InstructKit.Sources;
using InstructKit.Sources.Formats;
using Xunit;

namespace InstructKit.Tests.Sources;

public sealed class RecordReaderTests : IDisposable
{
    private static readonly SourceSpec Json = new() { Format = SourceFormats.Json };
    private static readonly SourceSpec Xml = new() { Format = SourceFormats.Xml };
    private readonly ReaderFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    // SQuAD's shape.
    private const string Nested = """
        {
          "version": "1.1",
          "data": [
            {"title": "T1", "paragraphs": [
              {"context": "c1", "qas": [{"id": "a", "question": "q\u00e9"}, {"id": "b"}]},
              {"context": "c2", "qas": []}
            ]},
            {"paragraphs": [{"qas": [{"id": "c", "paragraphs": "mine"}], "context": "c3"}], "title": "T2"}
          ],
          "more": [1, {"x": null}]
        }
        """;

    [Fact]
    public void A_path_leads_to_records_and_its_levels_are_columns()
    {
        var read = _folder.Read(Json with { Records = "data[].paragraphs[].qas[]" }, Nested, "id", "question", "paragraphs", "qas_index", "data_index", "title");
        Assert.Equal(
            [
                """0:5 'a'|'qé'|{"context": "c1", "qas": [{"id": "a", "question": "q\u00e9"}, {"id": "b"}]}|i0|i0|-""",
                """0:5 'b'|-|{"context": "c1", "qas": [{"id": "a", "question": "q\u00e9"}, {"id": "b"}]}|i1|i0|-""",
                """0:8 'c'|-|'mine'|i0|i1|-""",
            ],
            read.Rows);
        Assert.Equal("{\"id\": \"b\"}", read.Raw[1]);
    }

    [Fact]
    public void An_object_with_one_array_of_objects_wraps_its_records()
    {
        Assert.Equal(["0:1 i1|i0", "0:1 i2|i1"], _folder.Read(Json, """{"data": [{"v": 1}, {"v": 2}]}""", "v", "data_index").Rows);
        // With another key next to the list, the object is the record.
        Assert.Equal(["0:1 -|'1.1'"], _folder.Read(Json, Nested, "title", "version").Rows);
        Assert.Equal(["0:4 'T1'|i0", "0:8 'T2'|i1"], _folder.Read(Json with { Records = "data[]" }, Nested, "title", "data_index").Rows);
        Assert.Equal(["0:1 [1]"], _folder.Read(Json, """{"a": [1], "b": 2}""", "a").Rows);
        Assert.Equal(["0:1 i2"], _folder.Read(Json, """{"a": [{}], "b": 2, "c": [{}]}""", "b").Rows);
    }

    [Fact]
    public void The_root_is_a_column_when_asked_for()
    {
        var read = _folder.Read(Json with { Records = "a[]" }, """ {"a": [{"x": 1}, {"x": 2}]} """, "x", "root");
        Assert.Equal(["""0:1 i1|{"a": [{"x": 1}, {"x": 2}]}""", """0:1 i2|{"a": [{"x": 1}, {"x": 2}]}"""], read.Rows);
    }

    [Fact]
    public void A_star_walks_over_the_values_of_an_object()
    {
        const string Text = """{"p\u00e9": {"passage": "x", "qa_pairs": [{"q": 1}, {"q": 2}]}, "r": {"qa_pairs": [{"q": 3}]}}""";
        var read = _folder.Read(Json with { Records = "*.qa_pairs[]" }, Text, "q", "key", "value_index", "qa_pairs");
        Assert.Equal(["0:1 i1|'pé'|i0|{\"q\": 1}", "0:1 i2|'pé'|i0|{\"q\": 2}", "0:1 i3|'r'|i1|{\"q\": 3}"], read.Rows);
        read = _folder.Read(Json with { Records = "a.*.*" }, """{"a": {"x": {"k1": "v\/1", "k2": 2}, "y": {}}}""", "key", "value", "value_index");
        Assert.Equal(["0:1 'k1'|'v/1'|i0", "0:1 'k2'|i2|i1"], read.Rows);
    }

    // As in JSON Lines, where the same path leads to the same record.
    [Theory]
    [InlineData("data", """{"data": {"v": 1}, "n": 2}""")]
    [InlineData("data.item", """{"m": [], "data": {"item": {"v": 1}}}""")]
    public void A_path_of_keys_alone_leads_to_one_record(string records, string text)
    {
        Assert.Equal(["0:1 i1"], _folder.Read(Json with { Records = records }, text, "v").Rows);
        Assert.Equal(["0:1 i1"], _folder.Read(Json with { Format = SourceFormats.Jsonl, Records = records }, text, "v").Rows);
    }

    [Fact]
    public void Arrays_and_several_values_one_after_another_are_records()
    {
        Assert.Equal(["0:1 i1", "0:2 i2"], _folder.Read(Json, "[ {\"v\":1},\r\n{\"v\":2} ]\n", "v").Rows);
        Assert.Equal(["0:1 i1", "0:1 i2", "0:2 i3"], _folder.Read(Json with { Sequence = true }, "{\"v\":1}{\"v\":2}\n{\"v\":3}", "v").Rows);
        Assert.Equal(["0:1 [{\"v\":1}]", "0:1 [{\"v\":2}]"], _folder.Read(Json with { Sequence = true }, "{\"a\":[{\"v\":1}]} {\"a\":[{\"v\":2}]}", "a").Rows);
        Assert.Equal([], _folder.Read(Json, "[]", "v").Rows);
    }

    [Fact]
    public void A_bad_record_is_a_fault_and_the_next_one_is_read()
    {
        var read = _folder.Read(Json, "[{\"v\":1},\n  {\"v\": tru},\n {\"v\":\n \"\\q\"}, 7, {\"v\":2,\"v\":3},\n{\"v\":4}]", "v");
        Assert.Equal(
            [
                "0:1 i1",
                "0:2 !IK3002@8 expected a value",
                "0:3 !IK3002@-1 unknown escape, expected one of \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\uXXXX (1 lines further down, column 3)",
                "0:4 !IK3005@8 expected an object in braces",
                "0:4 !IK3003@18 the key 'v' occurs twice in one object",
                "0:5 i4",
            ],
            read.Rows);
    }

    [Theory]
    [InlineData(" ", "in:1:2: error IK3002: expected a JSON value, but the file ends.")]
    [InlineData("[{\"v\":1}", "in:1:9: error IK3002: expected ',' or ']', but the file ends.")]
    [InlineData("[{\"v\":1} {\"v\":2}]", "in:1:10: error IK3002: expected ',' or ']'.")]
    [InlineData("[\n{\"v\":1", "in:2:1: error IK3002: the value that begins here is not closed at the end of the file.")]
    [InlineData("[{}]\n]", "in:2:1: error IK3002: text after the document, expected the end of the file.")]
    [InlineData("{\"a\":[{}],\"b\":01}", "in:1:16: error IK3002: expected a value.")]
    [InlineData("[][]", "in:1:3: error IK3002: text after the document, expected the end of the file.")]
    [InlineData("\uFEFF[\r\n {\"é😀\": 1} {\"v\": 2}]", "in:2:13: error IK3002: expected ',' or ']'.")]
    [InlineData("{\"é😀\":\"ééé\",\"b\":01}", "in:1:19: error IK3002: expected a value.")]
    public void A_broken_document_is_an_error_at_its_place(string text, string expected) =>
        Assert.Equal(expected, _folder.Error(Json, text, "v").ToString());

    [Fact]
    public void A_missing_key_means_no_rows_for_a_record_and_an_error_for_a_document()
    {
        var spec = Json with { Records = "data[].qas[]" };
        Assert.Equal(["0:1 i1"], _folder.Read(spec, """{"data": [{}, {"qas": null}, {"qas": [{"v": 1}]}]}""", "v").Rows);
        Assert.Equal("error IK3005: in: there is no key 'data', where `records:` expects the records. Did you mean 'Data'?", _folder.Error(spec, """{"Data": []}""", "v").ToString());
        var read = _folder.Read(spec, """{"data": [{"qas": 5}, {"qas": [{"v": 1}]}]}""", "v");
        Assert.StartsWith("0:1 !IK3005@18 'qas' is not an array", read.Rows[0], StringComparison.Ordinal);
        Assert.Equal(["i1"], read.Good);
        Assert.Equal("in:1:33: error IK3003: the key 'data' occurs twice in one object.", _folder.Error(spec, """{"data": [{"qas": [{"v": 1}]}], "data": []}""", "v").ToString());
    }

    [Fact]
    public void JSON_Lines_have_paths_too()
    {
        var spec = new SourceSpec { Format = SourceFormats.Jsonl, Records = "passage.questions[].answers[]" };
        const string Text = """
            {"idx": 0, "passage": {"text": "t", "questions": [{"question": "q1", "answers": [{"text": "a"}, {"text": "b"}]}]}}

            {"idx": 1, "passage": {"questions": [{"question": "q2", "answers": []}, {"answers": [{"text": "c\""}]}]}}
            {"idx": 2}
            {"idx": 3, "passage": [
            """;
        var read = _folder.Read(spec, Text, "text", "questions_index", "answers_index", "answers");
        Assert.Equal("""0:1 'a'|i0|i0|{"text": "a"}""", read.Rows[0]);
        Assert.Equal("""0:1 'b'|i0|i1|{"text": "b"}""", read.Rows[1]);
        Assert.Equal("""0:3 e'c\"'|i1|i0|{"text": "c\""}""", read.Rows[2]);
        Assert.StartsWith("0:5 !IK3002@", read.Rows[3], StringComparison.Ordinal);
        Assert.Equal("""0:1 'a'|{"idx": 1, "a": ["a"]}""", _folder.Read(spec with { Records = "a[]" }, """{"idx": 1, "a": ["a"]}""", "a", "root").Rows[0]);
    }

    [Theory]
    [InlineData("a..b")]
    [InlineData("a[")]
    [InlineData("a[0]")]
    [InlineData("a*")]
    public void A_path_that_cannot_be_understood_is_refused(string path) =>
        Assert.Equal("IK3018", Assert.Throws<DiagnosticException>(() => _folder.Read(Json with { Records = path }, "[]", "v")).Diagnostics[0].Code);

    [Fact]
    public void A_value_is_limited_by_name()
    {
        var error = _folder.Error(Json with { Limits = new SourceLimits { MaxLineBytes = 20 } }, "[{\"v\":1},\n {\"v\":\"12345678901234567890\"}]", "v");
        Assert.Equal("in:2:2: error IK3012: the value that begins here is longer than 20 bytes; raise --max-line-bytes if that is right.", error.ToString());
    }

    private const string Benchmark = """
        <?xml version="1.0" encoding="ISO-8859-1"?>
        <!DOCTYPE benchmark SYSTEM "http://example.invalid/x.dtd">
        <benchmark>
          <!-- none -->
          <entries>
            <entry eid="1" category="x"><lex lid="a">R&amp;D</lex><lex lid="b">two</lex><note/></entry>
            <entry eid="2"><lex lid="c"><![CDATA[<three>]]></lex><note>n</note></entry>
          </entries>
        </benchmark>
        """;

    [Fact]
    public void An_XML_element_is_a_record_with_children_and_attributes_as_columns()
    {
        var read = _folder.Read(Xml with { Records = "benchmark.entries.entry[]" }, Benchmark, "@eid", "lex", "note", "@category");
        Assert.Equal(
            [
                """0:6 '1'|[{"@lid":"a","#text":"R&D"},{"@lid":"b","#text":"two"}]|''|'x'""",
                """0:7 '2'|{"@lid":"c","#text":"<three>"}|'n'|-""",
            ],
            read.Rows);
        Assert.Equal(read.Rows, _folder.Read(Xml with { Records = "entries.entry[]" }, Benchmark, "@eid", "lex", "note", "@category").Rows);
    }

    [Fact]
    public void A_path_goes_on_inside_an_XML_element()
    {
        var read = _folder.Read(Xml with { Records = "entries.entry[].lex[]" }, Benchmark, "#text", "@lid", "entry_index", "lex_index");
        Assert.Equal(["0:6 'R&D'|'a'|i0|i0", "0:6 'two'|'b'|i0|i1", "0:7 '<three>'|'c'|i1|i0"], read.Rows);
    }

    [Fact]
    public void Without_a_path_the_children_of_the_root_are_records()
    {
        var text = "<c><s><t>a\n b</t><d>é</d></s><s><t/></s></c>";
        Assert.Equal(["0:1 e'a\\n b'|'é'|'s'", "0:2 ''|-|'s'"], _folder.Read(Xml, text, "t", "d", "key").Rows);
    }

    [Theory]
    [InlineData("<a><b></a>", "in:1:9: error IK3019: ")]
    [InlineData("<a>&nbsp;</a>", "in:1:5: error IK3019: ")]
    [InlineData("<!DOCTYPE a [<!ENTITY x \"y\">]><a><b>&x;</b></a>", "in:1:")]
    [InlineData(" ", "in:1:")]
    public void What_is_no_XML_is_an_error_at_its_place(string text, string expected) =>
        Assert.StartsWith(expected, _folder.Error(Xml, text, "v").ToString(), StringComparison.Ordinal);

    [Fact]
    public void XML_elements_are_limited_by_name()
    {
        var deep = "<a>" + string.Concat(Enumerable.Repeat("<b>", 40)) + string.Concat(Enumerable.Repeat("</b>", 40)) + "</a>";
        Assert.Contains("--max-json-depth", _folder.Error(Xml, deep, "v").Message, StringComparison.Ordinal);
        var spec = Xml with { Limits = new SourceLimits { MaxLineBytes = 500 } };
        Assert.Contains("--max-line-bytes", _folder.Error(spec, "<a><b>" + new string('x', 600) + "</b></a>", "v").Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_is_a_row()
    {
        var spec = new SourceSpec { Format = SourceFormats.Files };
        SourcePart part = new(null, [_folder.Add("neg/10_2.txt", "One.\n"), _folder.Add("pos/a.b.txt", ""), _folder.Add("c", [0xFF])]);
        var read = ReaderFolder.Read(spec, [part], "text", "path", "name", "folder");
        Assert.Equal(["0:1 'One.\n'|'neg/10_2.txt'|'10_2'|'neg'", "1:1 ''|'pos/a.b.txt'|'a.b'|'pos'"], read.Rows.Take(2));
        Assert.StartsWith("2:1 !IK3004@0 ", read.Rows[2], StringComparison.Ordinal);
        read = ReaderFolder.Read(spec with { Pattern = "^(?<body>.*?)\n(?<rest>.*)$" }, [part with { Files = [part.Files[0], part.Files[1]] }], "body", "rest", "name");
        Assert.Equal(["0:1 'One.'|''|'10_2'", "1:1 !IK3009@-1 the file does not match the layout's pattern"], read.Rows);
    }
}
