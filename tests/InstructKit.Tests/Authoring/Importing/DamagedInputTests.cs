using FsCheck;
using FsCheck.Fluent;
using InstructKit.Authoring.Importing.Flan;
using InstructKit.Authoring.Importing.LmEval;
using InstructKit.Authoring.Importing.NaturalInstructions;
using InstructKit.Authoring.Importing.Promptsource;
using InstructKit.Tasks;
using Xunit;

namespace InstructKit.Tests.Authoring.Importing;

/// <summary>Whatever the input, an import ends with loadable files and findings, not with a crash.</summary>
public sealed class DamagedInputTests
{
    private static readonly Gen<string> Scrap = Gen.Elements(
        "", " ", "\n", "\r", "\t", "'", "\"", "\"\"\"", "\\", "\\x", "\\ud800", "\\N{A}", "(", ")", "[", "]", "{", "}", "{{", "}}", "{%", "%}", "|||", ",", ":", ": ", "#", "- ", "f'", "null", "&a ", "*a", "!function ",
        "!T ", "é", "\0", "\u2028", "\u0085", "|-\n", "? ", "12", "-", "_", "'a' 'b'", "\"input\"", "task: x\n", "include: x\n", "options", "answer", "{options_}");

    [Theory]
    [InlineData("promptsource", "harbour/logs/templates.yaml")]
    [InlineData("flan", "templates.py")]
    [InlineData("lm-eval", "picks.yaml")]
    [InlineData("lm-eval", "rain-north.yaml")]
    [InlineData("natural-instructions", "task900_tide-times_guess.json")]
    public void Import(string format, string file)
    {
        var whole = File.ReadAllText(Path.Combine(ImportCaseTests.Cases, format, "input", file));
        using var folder = new ScratchFolder();
        var copy = folder.Write("templates" + Path.GetExtension(file), whole);
        foreach (var part in new[] { "_base_yaml", "_second.yaml" })
            folder.Write($"shared/{part}", File.ReadAllText(Path.Combine(ImportCaseTests.Cases, "lm-eval", "input", "shared", part)));

        Prop.ForAll(Damaged(whole).ToArbitrary(), text =>
        {
            File.WriteAllText(copy, text);
            var result = format switch
            {
                "promptsource" => PromptsourceImporter.Import([copy]),
                "flan" => FlanImporter.Import([copy]),
                "lm-eval" => LmEvalImporter.Import([copy]),
                _ => NaturalInstructionsImporter.Import([copy], TkInstructEncoding.Varied),
            };
            var output = folder.At("out");
            result.Write(output, force: true, TestContext.Current.CancellationToken);
            var catalog = new TaskFiles();
            if (Directory.Exists(output))
            {
                catalog.AddOwn(output);
                Assert.All(catalog.Keys, key => Assert.NotEmpty(catalog.Get(key).Templates));
                Directory.Delete(output, recursive: true);
            }

            return result.Files.Count + result.Diagnostics.Count > 0 && result.Diagnostics.All(one => one.ToString().Contains("IK", StringComparison.Ordinal));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(300));
    }

    [Fact]
    public void Python_functions()
    {
        var source = RepositoryRoot.At("tests", "InstructKit.Tests", "Golden", "importing-python", "tasks");
        var whole = File.ReadAllText(Path.Combine(source, "harbour.py"));
        using var folder = new ScratchFolder();
        var tasks = Directory.GetFiles(source, "*.yaml");
        foreach (var task in tasks) folder.Write($"tasks/{Path.GetFileName(task)}", File.ReadAllText(task));

        var scraps = Gen.OneOf(Scrap, Gen.Elements(
            "return ", "for x in doc:\n", "if x:", "    ", "else:", "break\n", "lambda x: ", " for y in z", "doc", "doc[0]", "[i]", "f\"{x", "**", "*a, ", "=", "+=", " if x else y", ".format(", "harbour", "def f(doc):\n",
            "prompt_of(doc, 'north')", "None", "1e9", "0x", "x[::-1]", "%", "not ", "@", ";", ":=", "range(99999)"));
        Prop.ForAll(Damaged(whole, scraps).ToArbitrary(), text =>
        {
            folder.Write("tasks/harbour.py", text);
            var result = LmEvalImporter.Import([folder.At("tasks")]);
            return result.Tasks + result.LeftOutCount == tasks.Length && result.LeftOut.All(one => one.Span is not null);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(150));
    }

    // A slice of the file is replaced by a scrap, up to four times.
    private static Gen<string> Damaged(string whole) => Damaged(whole, Scrap);

    private static Gen<string> Damaged(string whole, Gen<string> scraps) =>
        (from at in Gen.Choose(0, whole.Length)
         from length in Gen.Choose(0, 12)
         from scrap in scraps
         select (At: at, Length: length, Scrap: scrap)).NonEmptyListOf().Select(edits => edits.Take(4).Aggregate(whole, (text, edit) =>
         {
             var at = Math.Min(edit.At, text.Length);
             return text[..at] + edit.Scrap + text[Math.Min(text.Length, at + edit.Length)..];
         }));
}
