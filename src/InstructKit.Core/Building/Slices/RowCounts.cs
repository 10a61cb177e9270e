using InstructKit.Sources;
using InstructKit.Tasks;
using InstructKit.Yaml;

namespace InstructKit.Building.Slices;

/// <summary>Row counts from a file instead of data, in YAML or JSON: <c>TASK: N</c> training rows, or <c>TASK: { SPLIT: N }</c> rows of each source split;
/// or a list <c>datasets</c> of records with <c>key</c> and <c>train_examples_after_slice</c>.</summary>
public sealed class RowCounts
{
    private readonly Dictionary<string, Dictionary<string, long>> _splits = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _train = new(StringComparer.Ordinal);

    /// <summary>Parses a file.</summary>
    /// <exception cref="DiagnosticException">It cannot be read (IK2017), or has other content (IK20xx).</exception>
    public static RowCounts Load(string path)
    {
        var map = YamlFile.Load(path);
        var counts = new RowCounts();
        List<Diagnostic> wrong = [];
        foreach (var entry in map.Find("datasets") is YamlList list ? list.Items.OfType<YamlMap>().Select(AsEntry).OfType<(string, YamlNode)>() : map.Entries.Select(entry => (entry.Key.Text, entry.Value)))
            counts.Add(entry.Item1, entry.Item2, wrong);

        return wrong.Count > 0 ? throw DiagnosticException.InOrder(wrong) : counts;
    }

    /// <summary>A task with data of these sizes; null if unknown.</summary>
    internal TaskData? Find(TaskDefinition task)
    {
        // The sizes of splits are divided by the task's slices; a number of training rows is that of its slice.
        if (_train.ContainsKey(task.Key))
        {
            return new TaskData
            {
                Layout = task.Layouts[0],
                Folder = string.Empty,
                Splits = new Dictionary<string, IReadOnlyList<SourcePart>>(StringComparer.Ordinal) { ["train"] = [] },
                Slices = new Dictionary<SliceKind, SplitSlice> { [SliceKind.Train] = new("train", [(null, null)]) },
            };
        }

        return !_splits.TryGetValue(task.Key, out var splits) ? null : new TaskData
        {
            Layout = task.Layouts[0],
            Folder = string.Empty,
            Splits = splits.Keys.ToDictionary(split => split, _ => (IReadOnlyList<SourcePart>)[], StringComparer.Ordinal),
            Slices = task.Slices,
        };
    }

    /// <summary>Rows of a split; null if unknown.</summary>
    internal long? Of(string task, string split) =>
        _train.TryGetValue(task, out var rows) ? rows : _splits.GetValueOrDefault(task)?.TryGetValue(split, out rows) == true ? rows : null;

    private static (string, YamlNode)? AsEntry(YamlMap record) =>
        record.Find("key") is YamlScalar key && record.Find("train_examples_after_slice") is YamlScalar { IsNull: false } rows ? (key.Text, rows) : null;

    private void Add(string task, YamlNode value, List<Diagnostic> wrong)
    {
        if (value is YamlScalar { IsNull: true }) return;

        if (value is YamlMap splits)
        {
            foreach (var split in splits.Entries)
            {
                if (Number(split.Value, wrong) is not { } rows) continue;
                if (!_splits.TryGetValue(task, out var known)) _splits[task] = known = new(StringComparer.Ordinal);

                known[split.Key.Text] = rows;
            }
        }
        else if (Number(value, wrong) is { } rows)
        {
            _train[task] = rows;
        }
    }

    private static long? Number(YamlNode node, List<Diagnostic> wrong)
    {
        if (node is YamlScalar scalar && long.TryParse(scalar.Text, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var rows)) return rows;

        wrong.Add(Diagnostic.Error(YamlCodes.WrongType, $"A number of rows is a whole number from 0 on, found {(node as YamlScalar)?.Text ?? node.Noun}.", node.Span));
        return null;
    }
}
