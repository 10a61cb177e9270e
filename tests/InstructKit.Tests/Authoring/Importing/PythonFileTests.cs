using FsCheck;
using FsCheck.Fluent;
using InstructKit.Authoring.Importing.Python;
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
        Assert.Equal(expected, Assert.IsType<PythonExpression.Text>(Assert.Single(Read($"X = {literal}\n").Assignments).Value).Content);

    [Fact]
    public void A_text_without_an_end_is_told_with_its_place() =>
        Assert.Equal("t.py:1:5: error IK9001: This string has no end.", Assert.Single(Assert.Throws<DiagnosticException>(() => Read("X = 'a\n'")).Diagnostics).ToString());

    [Theory]
    [InlineData("X = ['a',\n", "2:1: error IK9001: Expected an expression, found the end of the file.")]
    [InlineData("X = ['a' 1, 'z']\nY = 'b'", "1:10: error IK9001: Expected ',' or ']', found '1'.")]
    [InlineData("X = {'a': 1, 'b'}\nY = 'b'", "1:5: error IK9001: A dictionary has a value for every key.")]
    public void A_broken_statement_is_lost_alone(string text, string expected)
    {
        var file = Read(text);
        Assert.Equal("t.py:" + expected, Assert.Single(file.Broken).ToString());
        Assert.Equal(text.Contains('Y', StringComparison.Ordinal) ? ["Y"] : [], file.Assignments.Select(one => one.Name));
    }

    [Theory]
    [InlineData("X = [b'a', 'z']", "1:6: error IK9001: A string with the prefix 'b' is not a literal text.")]
    [InlineData("X = ['\\N{DASH}', 'z']", "1:7: error IK9001: Characters by name, as in \\N{DASH}, are not read.")]
    [InlineData("X = ['\\ud800', 'z']", "1:7: error IK9001: This escape is not a character.")]
    [InlineData("X = [f'{a}', 'z']", "1:6: error IK9001: Only literals are read, nothing is computed.")]
    [InlineData("X = [y, 'z']", "1:6: error IK9001: Only literals are read, nothing is computed.")]
    [InlineData("X = [[lambda x: [x, ')']], 'z']", "1:7: error IK9001: Only literals are read, nothing is computed.")]
    [InlineData("X = {'k': ('a' % b), 'l': 'z'}", "1:12: error IK9001: Only literals are read, nothing is computed.")]
    [InlineData("X = {'k': ('a' + b + 'c',), 'l': 'z'}", "1:18: error IK9001: Only literals are read, nothing is computed.")]
    public void An_item_that_is_computed_is_lost_alone(string text, string expected)
    {
        var value = Assert.Single(Read(text).Assignments).Value;
        var items = value is PythonExpression.Mapping dictionary ? [.. dictionary.Entries.Select(entry => entry.Value)] : ((PythonExpression.Display)value).Items;
        var lost = items[0] is PythonExpression.Display { Items: [var only] } ? only : items[0];
        Assert.Equal("t.py:" + expected, PythonFile.Computed(lost)?.ToString());
        Assert.Equal("z", Assert.IsType<PythonExpression.Text>(items[1]).Content);
    }

    [Fact]
    public void Calls_and_items_of_earlier_values_are_read_and_not_run()
    {
        var file = Read("""
            X["b"] = X["a"]
            X["c"] = copy.deepcopy(X["a"])
            X["d"] = {"k": flan.Pattern("one", targets='two', n=3)}
            X["e"] += 1
            X[0].y = 2
            """);
        Assert.Equal(["b", "c", "d"], file.Assignments.Select(one => Assert.IsType<PythonExpression.Text>(one.Key).Content));
        Assert.Equal(("X", "a"), Assert.IsType<PythonExpression.Item>(file.Assignments[0].Value) is var item ? (PythonFile.NameOf(item.Owner)!, ((PythonExpression.Text)item.Key).Content) : default);
        Assert.Equal("copy.deepcopy", PythonFile.NameOf(Assert.IsType<PythonExpression.Call>(file.Assignments[1].Value).Function));
        var call = Assert.IsType<PythonExpression.Call>(((PythonExpression.Mapping)file.Assignments[2].Value).Entries[0].Value);
        Assert.Equal(("one", "two", "3"), (((PythonExpression.Text)call.Argument("inputs", 0)!).Content, ((PythonExpression.Text)call.Argument("targets", 1)!).Content, PythonFile.NounOf(call.Argument("n", 2)!)));
        Assert.Equal(["X[\"e\"] += 1", "X[0].y = 2"], file.Skipped.Select(span => span.Text.Trim()));
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
            F = f"{N}"
            G = "a".strip(
                )
            D = {"k": (1, -2.5, None, True)}; E = 'last'
            """);
        Assert.Equal(["N", "D", "E"], file.Assignments.Select(one => one.Name));
        Assert.Equal(["A = B = 1", "C = len(\"x\")", "F = f\"{N}\"", "G = \"a\".strip("], file.Skipped.Select(span => span.Text.Trim()));
    }

    [Fact]
    public void Deep_nesting_ends_in_a_message() =>
        Assert.Equal("Nested deeper than 64 levels.", Assert.Single(Read("X = " + new string('[', 100_000)).Broken).Message);

    [Fact]
    public void Every_text_survives_being_written_as_Python_writes_it() => Prop.ForAll(ArbMap.Default.ArbFor<string[]>(), texts =>
    {
        var whole = (texts ?? []).Select(text => text ?? "").Where(text => text.EnumerateRunes().All(rune => rune.Value != 0xfffd)).ToList();
        var file = Read($"X = [\n{string.Concat(whole.Select(text => $"  {Repr(text)},\n"))}]\n");
        return ((PythonExpression.Display)file.Assignments[0].Value).Items.Cast<PythonExpression.Text>().Select(item => item.Content).SequenceEqual(whole);
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
