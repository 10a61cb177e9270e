using System.Security.Cryptography;
using InstructKit.Answers;
using InstructKit.Building.Plans;
using InstructKit.Building.Selection;
using InstructKit.Examples;
using InstructKit.Formats;
using InstructKit.Protocol;
using InstructKit.Sinks;
using InstructKit.Sources.Files;
using InstructKit.Tasks;
using InstructKit.Templates;

namespace InstructKit.Building.EvaluationOutput;

/// <summary>What writers of other tools' files need to know about a row.</summary>
[Flags]
internal enum EvaluationTraits : byte
{
    None = 0,

    /// <summary>Its options can be ranked: there are some, none is empty, and one is correct.</summary>
    Ranked = 1,

    /// <summary>Several options or answers are correct.</summary>
    SeveralRight = 2,

    /// <summary>The target has a blank line.</summary>
    BlankLine = 4,

    /// <summary>The input does not end in white space.</summary>
    EndsInText = 8,
}

/// <summary>Writes <c>eval/</c>: a JSON Lines file for each task, template and tree, and the files with which another tool runs them. Rows with rankable
/// options and rows without never share a file. Everything is staged in the output folder.</summary>
internal sealed class EvaluationSets : IDisposable
{
    private readonly OutputFolder _folder;
    private readonly BuildPlan _plan;
    private readonly List<EvaluationSet> _sets = [];
    private readonly List<PublishedFile> _files = [];
    private readonly List<EvaluationJob> _open = [];
    private readonly IEvaluationRows? _rows;

    /// <summary>Starts writing.</summary>
    public EvaluationSets(OutputFolder folder, BuildPlan plan)
    {
        (_folder, _plan) = (folder, plan);
        _rows = EvaluationFormats.Of(plan).OpenRows?.Invoke(this, plan);
    }

    /// <summary>Receives other tools' rows; null if they read ours.</summary>
    public IEvaluationRows? Rows => _rows;

    /// <summary>Opens the sets of a slice.</summary>
    /// <param name="program">The compiled task.</param>
    /// <param name="split">The output split.</param>
    /// <param name="asking">How rows are asked; variants that differ from the tasks' own have separate trees.</param>
    public EvaluationJob Open(ResolvedTask task, CompiledTask program, string split, Asking asking)
    {
        var job = new EvaluationJob(this, task, program, new EvaluationTree(split, asking.Variant));
        _open.Add(job);
        return job;
    }

    /// <summary>Closes the files of the slices of a task.</summary>
    public void Finish(IEnumerable<EvaluationJob> jobs)
    {
        foreach (var job in jobs)
        {
            foreach (var set in job.Finish())
            {
                _sets.Add(set);
                _files.Add(set.File);
            }

            _open.Remove(job);
        }
    }

    /// <summary>Writes the files about all sets, and returns all files of the folder; empty if there are no rows.</summary>
    public IReadOnlyList<PublishedFile> Publish()
    {
        if (_sets.Count == 0) return [];

        EvaluationNames.Give(_sets);
        if (_rows is not null) _files.AddRange(_rows.Finish());
        var index = new EvaluationIndex { SchemaVersion = EvaluationIndex.CurrentVersion, Sets = [.. _sets.Select(set => set.ToEntry())] };
        Stage(EvaluationIndex.FileName, index.ToUtf8());
        foreach (var (path, content) in EvaluationFormats.Of(_plan).Files(_sets, _plan)) Stage(path, content);
        return [.. _files.OrderBy(file => file.Path, StringComparer.Ordinal)];
    }

    /// <summary>Opens a file below the folder of the sets.</summary>
    /// <param name="folder">Its folder below that of the sets, with <c>/</c>; empty for the folder itself.</param>
    /// <param name="stem">Its name without the extension.</param>
    internal OutputFile OpenFile(string folder, string stem)
    {
        var below = Path.Combine(OutputNames.Evaluation, folder);
        Durable.MakeFolder(Path.Combine(_folder.Staging, below));
        return new OutputFile(Path.Combine(_folder.Staging, below), stem, null, Path.Combine(_folder.Root, below));
    }

    public void Dispose()
    {
        foreach (var job in _open) job.Dispose();
        _rows?.Dispose();
    }

    private void Stage(string path, byte[] content)
    {
        Durable.MakeFolder(Path.Combine(_folder.Staging, OutputNames.Evaluation, Path.GetDirectoryName(path) ?? string.Empty));
        _folder.Stage($"{OutputNames.Evaluation}/{path}", content);
        _files.Add(new PublishedFile($"{OutputNames.Evaluation}/{path}", 0, content.Length, Convert.ToHexStringLower(SHA256.HashData(content))));
    }
}

/// <summary>Writes rows in another tool's format instead of ours.</summary>
internal interface IEvaluationRows : IDisposable
{
    /// <summary>Appends a row, one JSON object on a line.</summary>
    void Encode(in Example example, EvaluationJob job, Utf8Output output);

    void Write(EvaluationSet set, ReadOnlySpan<byte> row);

    IReadOnlyList<PublishedFile> Finish();
}

/// <summary>The sets of one slice of a task: for each template one with rankable rows and one with the others, if there are any.</summary>
internal sealed class EvaluationJob : IDisposable
{
    private readonly EvaluationSets _owner;
    private readonly SortedDictionary<(int Place, int Template, bool IsText), EvaluationSet> _sets = [];
    private readonly EvaluationTree _tree;

    public EvaluationJob(EvaluationSets owner, ResolvedTask task, CompiledTask program, EvaluationTree tree)
    {
        (_owner, Task, _tree) = (owner, task, tree);
        Templates = [.. program.Templates.Select(template => template.Definition)];
        Contracts = [.. Templates.Select(template => AnswerContract.Of(task.Task, template))];
    }

    public ResolvedTask Task { get; }

    /// <summary>Name of the tree that its sets are in.</summary>
    public string Tree => _tree.Name;

    /// <summary>All templates of the task, by index.</summary>
    public IReadOnlyList<TemplateDefinition> Templates { get; }

    public IReadOnlyList<AnswerContract> Contracts { get; }

    /// <summary>Creates the buffers of one worker.</summary>
    public EvaluationRecords MakeRecords() => new(this, _owner.Rows);

    /// <summary>Writes records, in the order of the input.</summary>
    public void Write(EvaluationRecords records, List<int> templates, int from, int to)
    {
        for (var i = from; i < to; i++)
        {
            var traits = records.Traits(i);
            var key = (records.Place(i), templates[i], !traits.HasFlag(EvaluationTraits.Ranked));
            if (!_sets.TryGetValue(key, out var set)) _sets.Add(key, set = new EvaluationSet(_owner, this, _tree with { GoldPlace = key.Item1 }, templates[i], !key.Item3));
            set.Write(records.Row(i), traits);
            _owner.Rows?.Write(set, records.OtherRow(i));
        }
    }

    /// <summary>Closes the files and gives them their final names.</summary>
    public IEnumerable<EvaluationSet> Finish()
    {
        foreach (var ((place, template, isText), set) in _sets) set.Finish(hasTwin: _sets.ContainsKey((place, template, !isText)));

        return _sets.Values;
    }

    public void Dispose()
    {
        foreach (var set in _sets.Values) set.Dispose();
    }
}

/// <summary>One worker's encoded rows of one chunk for the evaluation sets of one slice. Reused for every chunk.</summary>
internal sealed class EvaluationRecords
{
    private readonly EvaluationJob _job;
    private readonly IEvaluationRows? _others;
    private readonly Utf8Output _rows = new(1 << 14);
    private readonly Utf8Output _otherRows = new() { JsonEscaped = true };
    private readonly JsonRecordWriter _writer;
    private readonly List<(int End, int OtherEnd, EvaluationTraits Traits, int Place)> _ends = [];

    public EvaluationRecords(EvaluationJob job, IEvaluationRows? others)
    {
        (_job, _others) = (job, others);
        _writer = new JsonRecordWriter(_rows, EvaluationRow.Schema);
    }

    public EvaluationTraits Traits(int record) => _ends[record].Traits;

    public int Place(int record) => _ends[record].Place;

    public ReadOnlySpan<byte> Row(int record) => _rows.Written[(record == 0 ? 0 : _ends[record - 1].End).._ends[record].End];

    public ReadOnlySpan<byte> OtherRow(int record) => _otherRows.Written[(record == 0 ? 0 : _ends[record - 1].OtherEnd).._ends[record].OtherEnd];

    public void Reset()
    {
        _rows.Length = 0;
        _otherRows.Length = 0;
        _ends.Clear();
    }

    public void Add(in Example example)
    {
        EvaluationRow.Write(example, _writer);
        _others?.Encode(example, _job, _otherRows);
        _ends.Add((_rows.Length, _otherRows.Length, TraitsOf(example), example.GoldPlace));
    }

    private static EvaluationTraits TraitsOf(in Example example)
    {
        var traits = EvaluationTraits.None;
        var canRank = example.Options.Count > 0 && example.AnswerIndex >= 0;
        for (var i = 0; canRank && i < example.Options.Count; i++) canRank = !example.Options[i].Bytes.IsEmpty;

        if (canRank) traits |= EvaluationTraits.Ranked;
        if (canRank ? example.AnswerIndexes.Length > 1 : example.Answers.Count > 1) traits |= EvaluationTraits.SeveralRight;
        if (example.Target.Bytes.IndexOf(example.Target.IsEscaped ? "\\n\\n"u8 : "\n\n"u8) >= 0) traits |= EvaluationTraits.BlankLine;
        return EndsInSpace(example.Input) ? traits : traits | EvaluationTraits.EndsInText;
    }

    private static bool EndsInSpace(ExampleText text) =>
        text.Bytes.EndsWith(" "u8) || (text.IsEscaped ? text.Bytes.EndsWith("\\n"u8) && !text.Bytes.EndsWith("\\\\n"u8) : text.Bytes.EndsWith("\n"u8));
}

/// <summary>One set: a file of rows, and their common properties.</summary>
internal sealed class EvaluationSet : IDisposable
{
    private const int BufferBytes = 1 << 16;

    private readonly OutputFile _output;
    private readonly Utf8Output _buffer = new();
    private readonly EvaluationJob _job;
    private readonly int _template;
    private EvaluationTraits _any;
    private int _buffered;
    private bool _hasTwin;

    public EvaluationSet(EvaluationSets owner, EvaluationJob job, EvaluationTree tree, int template, bool ranked)
    {
        (_job, Tree, _template, IsRanked) = (job, tree, template, ranked);
        _output = owner.OpenFile(tree.Name, Stem);
    }

    public TaskDefinition Task => _job.Task.Task;

    public TemplateDefinition Template => _job.Templates[_template];

    public AnswerContract Contract => _job.Contracts[_template];

    public EvaluationTree Tree { get; }

    public bool IsRanked { get; }

    /// <summary>True when several options or answers are correct in some row.</summary>
    public bool HasSeveralRight => _any.HasFlag(EvaluationTraits.SeveralRight);

    /// <summary>True when some target has a blank line.</summary>
    public bool HasBlankLines => _any.HasFlag(EvaluationTraits.BlankLine);

    /// <summary>True when every input ends in white space.</summary>
    public bool InputsEndInSpace => !_any.HasFlag(EvaluationTraits.EndsInText);

    /// <summary>True when other rows of the same task and template are in a set of the other kind.</summary>
    public bool IsRest => _hasTwin && !IsRanked;

    /// <summary>Name among all sets, given when all are known.</summary>
    public string Name { get; set; } = string.Empty;

    /// <summary>Path below the folder of the sets.</summary>
    public string Path => $"{Tree.Name}/{Stem}.jsonl";

    /// <summary>The finished file.</summary>
    public PublishedFile File { get; private set; } = null!; // read after Finish

    // A task's key has neither dot nor plus sign, a template's id no plus sign.
    private string Stem => $"{Task.Key}.{Template.Id}{(IsRanked ? string.Empty : "+text")}";

    public void Write(ReadOnlySpan<byte> row, EvaluationTraits traits)
    {
        _any |= traits;
        _buffer.AppendRaw(row);
        _buffered++;
        if (_buffer.Length >= BufferBytes) Flush();
    }

    public void Finish(bool hasTwin)
    {
        _hasTwin = hasTwin;
        Flush();
        _output.Finish();
        _output.Rename($"{Stem}.jsonl");
        File = new PublishedFile($"{OutputNames.Evaluation}/{Path}", _output.Rows, _output.Bytes, _output.Sha256);
    }

    public EvaluationSetEntry ToEntry() => new()
    {
        Path = Path,
        Name = Name,
        Tree = Tree.Name,
        Split = Tree.Split,
        Variant = Tree.Way,
        GoldPlace = Tree.GoldPlace,
        Task = Task.Key,
        Cluster = _job.Task.Cluster,
        Template = Template.Id,
        Ranked = IsRanked,
        Rows = File.Rows,
        Sha256 = File.Sha256,
        Metrics = Task.Metrics,
        Contract = EvaluationContract.Of(Contract),
        Options = Task.Options,
    };

    public void Dispose() => _output.Dispose();

    private void Flush()
    {
        _output.Write(_buffer.Written, _buffered);
        _buffer.Length = 0;
        _buffered = 0;
    }
}

/// <summary>Gives sets and groups names that are unique and accepted by harnesses: letters, digits, <c>_</c> and <c>-</c>.</summary>
internal static class EvaluationNames
{
    /// <summary>Names all sets, in their order: <c>ik_TASK-TEMPLATE</c>, with the suffix <c>-text</c> where other rows can be ranked, and a number if that is taken.</summary>
    public static void Give(IReadOnlyList<EvaluationSet> sets)
    {
        HashSet<string> taken = new(StringComparer.Ordinal);
        foreach (var set in sets)
        {
            taken.Add(set.Tree.Top);
            taken.Add(GroupOf(set));
        }

        foreach (var set in sets)
        {
            var wanted = $"{set.Tree.Prefix}{set.Task.Key}-{set.Template.Id.Replace('.', '_')}{(set.IsRest ? "-text" : string.Empty)}";
            set.Name = wanted;
            for (var n = 2; !taken.Add(set.Name); n++) set.Name = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{wanted}-{n}");
        }
    }

    /// <summary>Name of the group of a task's sets in a tree; a task named like the group above gets a different one.</summary>
    public static string GroupOf(EvaluationSet set) => $"{set.Tree.Prefix}{set.Task.Key}" is var name && name == set.Tree.Top ? $"{name}-task" : name;
}
