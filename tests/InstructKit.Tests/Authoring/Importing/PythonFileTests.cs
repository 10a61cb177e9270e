using System.Text;
using FsCheck;
using FsCheck.Fluent;
using InstructKit.Authoring.Importing;
using InstructKit.Authoring.Importing.Python;
using InstructKit.Diagnostics;
using Xunit;

namespace InstructKit.Tests.Authoring.Importing;

public sealed class PythonFileTests
{
    [Theory]
    [InlineData("'a'", "a")]
    [InlineData("\"it's\"", "it's")]
    [InlineData("'a' \"b\" '''c'''", "abc")]
    [InlineData("('a'\n  # not this 'x'\n  'b')", "ab")]
    [InlineData("'a' \\\n 'b'", "ab")]
    [InlineData("('a' + 'b')", "ab")]
    [InlineData("'''a\n\"b\"\n'''", "a\n\"b\"\n")]
    [InlineData("\"\"\"a\r\nb\\\r\nc\"\"\"", "a\nbc")]
    [InlineData("'\\n\\t\\\\\\'\\\"\\a\\b\\f\\v\\r'", "\n\t\\'\"\a\b\f\v\r")]
    [InlineData("'\\x41\\u00e9\\U0001f600\\101\\0'", "Aé😀A\0")]
    [InlineData("'\\d\\ '", "\\d\\ ")]
    [InlineData("r'\\n\\''", "\\n\\'")]
    [InlineData("R\"\"\"\\\"\"\"\"", "\\\"")]
    [InlineData("u'é' U'b'", "éb")]
    [InlineData("''''a' '''", "'a' ")]
    [InlineData("''", "")]
    public void Strings_are_read_as_Python_reads_them(string literal, string expected) =>
        Assert.Equal(expected, Assert.IsType<PythonValue.Text>(Assert.Single(Read($"X = {literal}\n").Assignments).Value).Content);

    [Theory]
    [InlineData("X = f'{a}'", "1:5: error IK9001: A string with the prefix 'f' is no literal text.")]
    [InlineData("X = [b'a']", "1:6: error IK9001: A string with the prefix 'b' is no literal text.")]
    [InlineData("X = 'a\n'", "1:5: error IK9001: This string has no end.")]
    [InlineData("X = '\\N{DASH}'", "1:6: error IK9001: Characters by name, as in \\N{DASH}, are not read.")]
    [InlineData("X = '\\ud800'", "1:6: error IK9001: This escape is no character.")]
    [InlineData("X = ['a', y]", "1:11: error IK9001: Expected a literal, found 'y': only literals are read, nothing is computed.")]
    [InlineData("X = ['a' 1]", "1:10: error IK9001: Expected ',' or ']': only literals are read, nothing is computed.")]
    [InlineData("X = ['a',\n", "2:1: error IK9001: The file ends before the ']' that belongs here.")]
    [InlineData("X = {'a': 1, 'b'}", "1:18: error IK9001: A dictionary has a value for every key.")]
    [InlineData("X = 'a'.strip()", "1:8: error IK9001: Expected the end of the statement: only literals are read, nothing is computed.")]
    public void What_is_no_literal_is_told_with_its_place(string text, string expected)
    {
        var exception = Assert.Throws<DiagnosticException>(() => Read(text));
        Assert.Equal("t.py:" + expected, Assert.Single(exception.Diagnostics).ToString());
    }

    [Fact]
    public void Statements_that_are_no_assignments_of_literals_are_passed_over_and_told()
    {
        var file = Read("""
            "A docstring with 'quotes' and # no comment."
            import os, sys
            from a import (b,
                c)
            N: int = 3
            def f(x):
                # indented
                y = "not this"

                return [x]
            A = B = 1
            C = len("x")
            D = {"k": (1, -2.5, None, True)}; E = 'last'
            """);
        Assert.Equal(["N", "D", "E"], file.Assignments.Select(one => one.Name));
        Assert.Equal(["def f(x):", "A = B = 1", "C = len(\"x\")"], file.Skipped.Select(span => span.Text.Trim()));
    }

    [Fact]
    public void Deep_nesting_ends_in_a_message() =>
        Assert.Contains("Nested deeper than 64 levels", Assert.Throws<DiagnosticException>(() => Read("X = " + new string('[', 100_000))).Message, StringComparison.Ordinal);

    [Fact]
    public void Every_text_survives_being_written_as_Python_writes_it() => Prop.ForAll(ArbMap.Default.ArbFor<string[]>(), texts =>
    {
        var whole = (texts ?? []).Select(text => text ?? "").Where(text => text.EnumerateRunes().All(rune => rune.Value != 0xfffd)).ToList();
        var file = Read($"X = [\n{string.Concat(whole.Select(text => $"  {Repr(text)},\n"))}]\n");
        return ((PythonValue.Sequence)file.Assignments[0].Value).Items.Cast<PythonValue.Text>().Select(item => item.Content).SequenceEqual(whole);
    }).QuickCheckThrowOnFailure();

    // As Python's ascii().
    private static string Repr(string text)
    {
        var quote = text.Contains('\'', StringComparison.Ordinal) && !text.Contains('"', StringComparison.Ordinal) ? '"' : '\'';
        var literal = new StringBuilder().Append(quote);
        foreach (var rune in text.EnumerateRunes())
        {
            literal.Append(rune.Value switch
            {
                '\\' => "\\\\",
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                var value when value == quote => $"\\{quote}",
                < 32 or 127 => $"\\x{rune.Value:x2}",
                < 127 => rune.ToString(),
                < 256 => $"\\x{rune.Value:x2}",
                < 0x10000 => $"\\u{rune.Value:x4}",
                _ => $"\\U{rune.Value:x8}",
            });
        }

        return literal.Append(quote).ToString();
    }

    private static PythonFile Read(string text) => PythonFile.Read(SourceText.FromText("t.py", text));
}
