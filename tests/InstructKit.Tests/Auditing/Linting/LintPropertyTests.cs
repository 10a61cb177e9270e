using FsCheck;
using FsCheck.Fluent;
using InstructKit.Auditing.Linting;
using Xunit;

namespace InstructKit.Tests.Auditing.Linting;

public sealed class LintPropertyTests
{
    private static readonly string Good = File.ReadAllText(RepositoryRoot.At("tests", "InstructKit.Tests", "Golden", "lint", "IK2533", "good.yaml"));
    private static readonly string Rows = File.ReadAllText(RepositoryRoot.At("tests", "InstructKit.Tests", "Golden", "lint", "IK2533", "data", "good", "train.jsonl"));

    private static readonly Gen<string> Scrap = Gen.Elements(
        "", " ", "\n", "{{", "}}", "{%", "%}", "{#", "-", "'", "\"", ":", "[", "]", "{", "}", "|", "\\n", "answer", "options", "text", "\t", "é", "\0", "#", "0", "if", "null", "&a ", "*a");

    // A slice of the file is replaced by a scrap, up to four times.
    private static Gen<string> Damaged(string whole) =>
        (from at in Gen.Choose(0, whole.Length)
         from length in Gen.Choose(0, 12)
         from scrap in Scrap
         select new Edit(at, length, scrap)).ListOf().Select(edits => edits.Take(4).Aggregate(whole, (text, edit) =>
         {
             var at = Math.Min(edit.At, text.Length);
             return text[..at] + edit.Scrap + text[Math.Min(text.Length, at + edit.Length)..];
         }));

    [Fact]
    public void Whatever_a_task_file_holds_linting_it_ends_in_findings()
    {
        using var folder = new ScratchFolder();
        folder.Write("data/good/train.jsonl", Rows);
        Prop.ForAll(Damaged(Good).ToArbitrary(), text =>
        {
            var path = folder.Write("good.yaml", text);
            var findings = LintCaseTests.Lint(path, [folder.At("data")], []);
            return findings.All(finding => finding.Diagnostic.Message.Length > 0);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(400));
    }

    [Fact]
    public void Whatever_the_rows_hold_linting_them_ends_in_findings()
    {
        using var folder = new ScratchFolder();
        var path = folder.Write("good.yaml", Good);
        Prop.ForAll(Damaged(Rows).ToArbitrary(), rows =>
        {
            folder.Write("data/good/train.jsonl", rows);
            return LintCaseTests.Lint(path, [folder.At("data")], []).All(finding => finding.Diagnostic.Message.Length > 0);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(200));
    }

    [Fact]
    public void The_pieces_of_a_template_do_not_overlap_and_keep_their_order()
    {
        Prop.ForAll(Damaged("a {{ b }} c {% if d == '}}' %} {{ {'x': 1} }} {# e #} {%- endif -%} f").ToArbitrary(), text =>
        {
            var at = 0;
            foreach (var piece in TemplatePiece.Cut(Diagnostics.SourceText.FromText("t", text), InstructKit.Templating.Settings.Dialect.Jinja))
            {
                if (piece.Span.Offset < at || piece.Span.Length <= 0 || piece.Span.Offset + piece.Span.Length > text.Length) return false;

                at = piece.Span.Offset + piece.Span.Length;
            }

            return true;
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void What_is_raw_is_text_and_comments_are_no_text() => Assert.Equal(
        ["Literal a ", "Literal {{ b }}n ", "Output {{ c }}", "Comment {# d #}", "Literal e"],
        TemplatePiece.Cut(Diagnostics.SourceText.FromText("t", "a {% raw %}{{ b }}n {% endraw %}{{ c }}{# d #}e"), InstructKit.Templating.Settings.Dialect.Jinja).Select(piece => $"{piece.Kind} {piece.Text}"));

    private sealed record Edit(int At, int Length, string Scrap);
}
