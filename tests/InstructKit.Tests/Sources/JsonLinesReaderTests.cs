using InstructKit.Sources;
using InstructKit.Sources.Formats;
using Xunit;

namespace InstructKit.Tests.Sources;

public sealed class JsonLinesReaderTests : IDisposable
{
    private static readonly SourceSpec Spec = new() { Format = SourceFormats.Jsonl };
    private readonly ReaderFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_line_is_a_row_and_its_keys_are_columns()
    {
        var read = _folder.Read(
            Spec, """
            {"premise": "It rains.", "hypothesis": "It's wet.", "label": 1, "idx": 0}
            {"hypothesis": "b", "premise": "a", "more": [1, {"x": "]"}], "label": null}
            """, "hypothesis", "premise", "label");
        Assert.Equal(["0:1 'It's wet.'|'It rains.'|i1", "0:2 'b'|'a'|null"], read.Rows);
        Assert.Equal("""{"premise": "It rains.", "hypothesis": "It's wet.", "label": 1, "idx": 0}""", read.Raw[0]);
    }

    [Theory]
    [InlineData("-0", "i-0")]
    [InlineData("9007199254740993", "i9007199254740993")]
    [InlineData("1.0", "f1.0")]
    [InlineData("1e5", "f1e5")]
    [InlineData("1E-05", "f1E-05")]
    [InlineData("true", "true")]
    [InlineData("false", "false")]
    [InlineData("null", "null")]
    [InlineData("\"\"", "''")]
    [InlineData("[ 1, 2 ]", "[ 1, 2 ]")]
    [InlineData("{\"a\": {}}", "{\"a\": {}}")]
    public void Values_keep_their_text(string json, string expected) =>
        Assert.Equal(["0:1 " + expected], _folder.Read(Spec, $"{{\"v\":{json}}}\n", "v").Rows);

    // The canonical form of every text: required escapes are written as by our writer, everything else is plain.
    [Theory]
    [InlineData("""a\"b\\c\b\f\n\r\t""", """e'a\"b\\c\b\f\n\r\t'""")]
    [InlineData("""\u001f""", """e'\u001f'""")]
    [InlineData("""\u001F""", """e'\u001f'""")]
    [InlineData("""\u000a""", """e'\n'""")]
    [InlineData("""\u0022\u005c""", """e'\"\\'""")]
    [InlineData("""\/""", "'/'")]
    [InlineData("""\u00e9\u00E9é""", "'ééé'")]
    [InlineData("""\ud83d\ude00\n""", """e'😀\n'""")]
    [InlineData("""x\u0041y""", "'xAy'")]
    public void Equal_texts_have_equal_bytes(string inside, string expected) =>
        Assert.Equal(["0:1 " + expected], _folder.Read(Spec, $"{{\"v\":\"{inside}\"}}\n", "v").Rows);

    [Theory]
    [InlineData("\"plain é\"", true)]
    [InlineData("\"x\\u0041y\"", true)]
    [InlineData("\"\\/\"", true)]
    [InlineData("\"two\\nlines\"", false)]
    [InlineData("\"\\u0022\"", false)]
    [InlineData("12", false)]
    [InlineData("[\"a\"]", false)]
    public void Text_without_escapes_may_be_copied_into_JSON_as_it_is(string json, bool verbatim)
    {
        using var reader = RowReaders.Open(Spec, [new SourcePart(null, [_folder.Add("in", $"{{\"v\":{json}}}")])], ["v"]);
        using var batch = new RowBatch(1);
        Assert.True(reader.ReadChunk(batch));
        reader.Parse(batch);
        Assert.Equal(verbatim, batch.Row(0)[0].IsVerbatim);
    }

    [Fact]
    public void Line_ends_are_LF_and_CRLF_alone_and_blank_lines_are_no_rows()
    {
        var read = _folder.Read(Spec, "\n{\"v\":\"a\u0085b\u2028c\"}\r\n \t\r\n\n{\"v\":\r2}\n{\"v\":3}", "v");
        Assert.Equal(["0:2 'a\u0085b\u2028c'", "0:5 i2", "0:6 i3"], read.Rows);
    }

    [Theory]
    [InlineData("{\"v\":1,}", "IK3002", 7)]
    [InlineData("{\"v\":[1,]}", "IK3002", 8)]
    [InlineData("{\"v\":NaN}", "IK3002", 5)]
    [InlineData("{\"v\":-Infinity}", "IK3002", 6)]
    [InlineData("{\"v\":01}", "IK3002", 6)]
    [InlineData("{\"v\":1.}", "IK3002", 7)]
    [InlineData("{\"v\":\"\t\"}", "IK3002", 6)]
    [InlineData("{\"v\":\"\\x\"}", "IK3002", 6)]
    [InlineData("{\"v\":\"\\ud800\"}", "IK3002", 6)]
    [InlineData("{\"v\":\"\\ud800\\u0041\"}", "IK3002", 6)]
    [InlineData("{\"v\":\"\\udc00\"}", "IK3002", 6)]
    [InlineData("{\"v\":\"\\u12\"}", "IK3002", 6)]
    [InlineData("{\"v\":\"abc", "IK3002", 9)]
    [InlineData("{\"v\":1", "IK3002", 6)]
    [InlineData("{'v':1}", "IK3002", 1)]
    [InlineData("{\"v\" 1}", "IK3002", 5)]
    [InlineData("{\"v\":1} {\"v\":2}", "IK3002", 8)]
    [InlineData("{\"v\":1}x", "IK3002", 7)]
    [InlineData("{\"a\":1,\"v\":2,\"a\":3}", "IK3003", 13)]
    [InlineData("{\"a\":1,\"v\":2,\"\\u0061\":3}", "IK3003", 13)]
    [InlineData("{\"o\":{\"x\":[[\"\\q\"]]},\"v\":1}", "IK3002", 13)]
    [InlineData("[1]", "IK3005", 0)]
    [InlineData("7", "IK3005", 0)]
    public void A_bad_line_is_a_fault_with_its_line_and_column(string line, string code, int column)
    {
        var read = _folder.Read(Spec, $"{{\"v\":1}}\n{line}\n{{\"v\":3}}\n", "v");
        Assert.Equal(3, read.Rows.Count);
        Assert.Equal(["i1", "i3"], read.Good);
        Assert.StartsWith($"0:2 !{code}@{column} ", read.Rows[1], StringComparison.Ordinal);
        Assert.Equal(line, read.Raw[1]);
    }

    [Fact]
    public void Bytes_that_are_not_UTF8_reject_the_row_or_are_replaced()
    {
        byte[] bytes = [.. "{\"v\":1}\n{\"v\":\"a"u8, 0xF0, 0x28, .. "\"}\n{\"v\":3}\n"u8];
        var read = _folder.Read(Spec, bytes, "v");
        Assert.Equal("0:2 !IK3004@7 byte 0xf0 is not valid UTF-8 here; set the layout's encoding if the file is latin-1", read.Rows[1]);
        Assert.Equal(["i1", "i3"], read.Good);
        read = _folder.Read(Spec with { Repairs = new(InputRepairs.InvalidUtf8) }, bytes, "v");
        Assert.Equal(["0:1 i1", "0:2 'a\uFFFD('", "0:3 i3"], read.Rows);
        Assert.Equal(1, read.Replacements);
    }

    [Fact]
    public void The_whole_line_is_the_column_row_and_then_any_value_will_do()
    {
        var read = _folder.Read(Spec, "{\"v\": 1}\n [1, 2] \n\"x\"\n", "row");
        Assert.Equal(["0:1 {\"v\": 1}", "0:2 [1, 2]", "0:3 'x'"], read.Rows);
        Assert.Equal(["0:1 'mine'"], _folder.Read(Spec, "{\"row\":\"mine\"}", "row").Rows);
    }

    [Fact]
    public void Nesting_is_limited_by_name()
    {
        var spec = Spec with { Limits = new SourceLimits { MaxJsonDepth = 4 } };
        Assert.Equal(["0:1 [[[]]]"], _folder.Read(spec, "{\"v\":[[[]]]}", "v").Rows);
        Assert.Equal(["0:1 !IK3012@8 nested deeper than 4 levels (--max-json-depth)"], _folder.Read(spec, "{\"v\":[[[[]]]]}", "v").Rows);
        var deep = new string('[', 10_000) + new string(']', 10_000);
        Assert.StartsWith("0:1 !IK3012@", _folder.Read(Spec, "{\"v\":" + deep + "}", "v").Rows[0], StringComparison.Ordinal);
    }

    [Fact]
    public void Keys_are_limited_by_name()
    {
        var spec = Spec with { Limits = new SourceLimits { MaxColumns = 2 } };
        var read = _folder.Read(spec, "{\"a\":1,\"b\":2}\n{\"a\":1,\"b\":2,\"c\":3}\n", "a");
        Assert.Equal("0:1 i1", read.Rows[0]);
        Assert.Contains("--max-columns", read.Rows[1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(29, true)]
    [InlineData(30, true)]
    [InlineData(31, false)]
    public void A_line_is_limited_by_name(int length, bool passes)
    {
        var spec = Spec with { Limits = new SourceLimits { MaxLineBytes = 30 } };
        var text = "{\"v\":1}\n{\"v\":\"" + new string('x', length - 8) + "\"}\r\n{\"v\":2}\n";
        if (passes)
        {
            Assert.Equal(3, _folder.Read(spec, text, "v").Good.Count);
            return;
        }

        var error = _folder.Error(spec, text, "v");
        Assert.Equal("in:2:1: error IK3012: the line is longer than 30 bytes; raise --max-line-bytes if that is right.", error.ToString());
    }
}
