using System.Text.RegularExpressions;
using InstructKit.Authoring.Importing.Flan;
using InstructKit.Authoring.Importing.Python;
using InstructKit.Tasks;
using Xunit;

namespace InstructKit.Tests.Authoring.Importing;

/// <summary>
/// Patterns rendered by two rules: by FLAN's own, which puts fields into braces, and by a build of the import. Golden/importing-flan has the shape of FLAN's
/// <c>templates.py</c> in our own words; the whole file, which this repository does not have, is compared when <c>INSTRUCTKIT_FLAN</c> names a folder with it
/// (a checkout of google-research/FLAN, or its folder flan).
/// </summary>
public sealed partial class FlanLibraryTests
{
    private const int Patterns = 610;
    private const int Distinct = 609;

    [GeneratedRegex(@"\{(\w+)\}")]
    private static partial Regex Field { get; }

    [Fact]
    public void A_file_of_its_shape_renders_as_FLAN_fills_it_in() =>
        Compare(RepositoryRoot.At("tests", "InstructKit.Tests", "Golden", "importing-flan", "templates.py"), count: 19, distinct: 18);

    [Fact]
    public void All_patterns_render_as_FLAN_fills_them_in()
    {
        var folder = Environment.GetEnvironmentVariable("INSTRUCTKIT_FLAN");
        Assert.SkipWhen(string.IsNullOrEmpty(folder), "INSTRUCTKIT_FLAN names no folder with FLAN's templates.py");
        Compare(new[] { "flan/templates.py", "templates.py" }.Select(name => Path.Combine(folder!, name)).First(File.Exists), Patterns, Distinct);
    }

    private static void Compare(string path, int count, int distinct)
    {
        // FLAN's rule: {field} is replaced by the field's value, once.
        var dictionary = PythonFile.Read(SourceText.FromText(path, File.ReadAllText(path))).Assignments.Select(one => one.Value).OfType<PythonExpression.Mapping>().Single();
        var originals = dictionary.Entries.ToDictionary(
            entry => ((PythonExpression.Text)entry.Key).Content,
            entry => ((PythonExpression.Display)entry.Value).Items.Cast<PythonExpression.Display>().Select(pair => (Input: ((PythonExpression.Text)pair.Items[0]).Content, Target: ((PythonExpression.Text)pair.Items[1]).Content)).ToList(),
            StringComparer.Ordinal);
        Assert.Equal(count, originals.Values.Sum(patterns => patterns.Count));

        using var scratch = new ScratchFolder();
        var result = FlanImporter.Import([path]);
        result.Write(scratch.Path, force: false, TestContext.Current.CancellationToken);
        Assert.Equal(distinct, result.Templates);

        var compared = 0;
        foreach (var (key, patterns) in originals)
        {
            var catalog = new TaskFiles();
            catalog.AddOwn(scratch.At($"{key}.yaml"));
            var task = catalog.Get(key);
            var values = task.Columns.Where(column => column.Name != "options").ToDictionary(column => column.Name, column => $"the {column.Name}, é \"{{premise}}\" \\ 😀", StringComparer.Ordinal);
            string[] options = [values.GetValueOrDefault(task.Answer!.Text, "no answer"), "another"];
            var row = $"{{{string.Join(", ", values.Select(value => $"{Json(value.Key)}: {Json(value.Value)}").Append($"\"options\": [{string.Join(", ", options.Select(Json))}]"))}}}";
            var rendered = ImportedRenderingTests.Render(scratch, key, "train", row)[0];
            var block = $"OPTIONS:\n- {string.Join("\n- ", options)}";
            for (var i = 0; i < task.Templates.Count; i++)
            {
                var (input, target) = patterns[int.Parse(task.Templates[i].Id["pattern-".Length..], System.Globalization.CultureInfo.InvariantCulture)];
                Assert.Equal((Filled(input), Filled(target)), (rendered[i].Input, rendered[i].Target));
                compared++;
            }

            string Filled(string pattern) => Field.Replace(pattern, match => match.Groups[1].Value is "options_" or "options_str" ? block : values[match.Groups[1].Value]);
        }

        Assert.Equal(distinct, compared);
    }

    private static string Json(string text) => $"\"{System.Text.Json.JsonEncodedText.Encode(text)}\"";
}
