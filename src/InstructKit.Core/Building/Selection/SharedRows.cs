using System.IO.Hashing;
using InstructKit.Building.Slices;
using InstructKit.Pipeline;
using InstructKit.Sources;
using InstructKit.Sources.Files;
using InstructKit.Tasks;

namespace InstructKit.Building.Selection;

/// <summary>Finds rows of one file that are both trained on and held out, under any task names. Disjoint slices of one file are allowed.</summary>
internal static class SharedRows
{
    /// <summary>Fails when there are such rows; looks at files only where both sides have the same one.</summary>
    /// <exception cref="DiagnosticException">IK2020, one finding for each pair of tasks.</exception>
    public static void Refuse(ResolvedPlan resolved)
    {
        var train = Slices(resolved, TaskUse.Train);
        var heldOut = Slices(resolved, TaskUse.HeldOut);
        heldOut.AddRange(Slices(resolved with { Tasks = resolved.Unselected }, TaskUse.HeldOut));
        Fingerprints same = new([.. train.Select(slice => slice.Split)], [.. heldOut.Select(slice => slice.Split)]);
        List<Diagnostic> found = [];
        HashSet<(string, string)> pairs = [];
        foreach (var (own, mine) in train)
        {
            foreach (var (other, theirs) in heldOut)
            {
                if (pairs.Contains((own.Task.Key, other.Task.Key)) || !same.Share(mine, theirs)) continue;

                var held = FilesOf(resolved, other, theirs, same).ToList();
                var shared = FilesOf(resolved, own, mine, same).SelectMany(_ => held, (a, b) => (a.File, Rows: a.Id == b.Id ? a.CountShared(b) : 0))
                    .Where(pair => pair.Rows > 0)
                    .ToList();
                if (shared.Count == 0) continue;

                pairs.Add((own.Task.Key, other.Task.Key));
                var rows = shared[0].Rows >= long.MaxValue / 2 ? string.Empty : string.Create(CultureInfo.InvariantCulture, $"{shared.Sum(pair => pair.Rows)} ");
                found.Add(Diagnostic.Error(TaskCodes.Leak, $"'{own.Task.Key}' cannot be trained on: it reads {rows}rows of {shared[0].File.Label} that are held out as '{other.Task.Key}' ({own.Data.Slices[mine.Slice]} and {other.Data.Slices[theirs.Slice]})."));
            }
        }

        if (found.Count == 0) return;

        found[^1] = found[^1] with { Hint = "Take it out of the training tasks, hold out something else, give the tasks disjoint slices, or use --on-leak drop." };
        throw new DiagnosticException(found);
    }

    private static List<(ResolvedTask Task, Read Split)> Slices(ResolvedPlan resolved, TaskUse use) =>
    [
        .. from task in resolved.Tasks
           where task.Use == use
           from output in task.Outputs
           where output.Split != OutputSplit.Test
           select (task, new Read(output.Slice, task.Data.Splits[task.Data.Slices[output.Slice].Split])),
    ];

    // The files of a slice, with the pieces of the slice not taken by a slice of higher priority.
    private static IEnumerable<FileRows> FilesOf(ResolvedPlan resolved, ResolvedTask task, Read read, Fingerprints same)
    {
        var ranges = resolved.Ranges.Of(task.Task, task.Data, task.Data.Slices[read.Slice].Split);
        var pieces = ranges.Of(read.Slice).Pieces;
        foreach (var over in ranges.Before(read.Slice).SelectMany(range => range.Pieces))
            pieces = [.. pieces.SelectMany(piece => ((long, long)[])[(piece.From, Math.Min(piece.To, over.From)), (Math.Max(piece.From, over.To), piece.To)])];

        foreach (var part in read.Parts)
        {
            var start = 0L;
            foreach (var file in part.Files)
            {
                var last = ReferenceEquals(file, part.Files[^1]);
                var isWhole = pieces is [(0, long.MaxValue)];
                var end = last || isWhole ? ranges.Order.Count : start + RowPass.Count(task.Data.Layout.Source, [part with { Files = [file] }]);
                yield return new FileRows(same.Of(file.Path), file, start, end, ranges.Order, pieces);
                start = isWhole ? 0 : end;
            }
        }
    }

    /// <summary>The rows of one file in a slice.</summary>
    /// <param name="Id">Identity of the file, independent of its path.</param>
    /// <param name="Start">Number of its first row in the split.</param>
    /// <param name="End">One past the number of its last row, or <see cref="long.MaxValue"/> when not counted.</param>
    /// <param name="Pieces">Positions of the slice.</param>
    private sealed record FileRows(string Id, SourceFile File, long Start, long End, SplitOrder Order, IReadOnlyList<(long From, long To)> Pieces)
    {
        /// <summary>Number of rows that another slice of the file also has.</summary>
        public long CountShared(FileRows other)
        {
            if (Order.IsSource && other.Order.IsSource)
                return Ranges().SelectMany(_ => other.Ranges(), (a, b) => Math.Max(0, Math.Min(a.To, b.To) - Math.Max(a.From, b.From))).Aggregate(0L, (sum, rows) => sum > long.MaxValue - rows ? long.MaxValue : sum + rows);

            // Where rows are in groups, their positions are known when they are read; rows in both slices are then found by their content.
            if (Order.Buckets is not null || other.Order.Buckets is not null) return 0;

            // Each row has a position on either side.
            var shared = 0L;
            var rows = Math.Min(Order.IsSource ? long.MaxValue : End - Start, other.Order.IsSource ? long.MaxValue : other.End - other.Start);
            for (var row = 0L; row < rows; row++) shared += Has(row) && other.Has(row) ? 1 : 0;
            return shared;
        }

        private bool Has(long row)
        {
            var position = Order.PositionOf(Start + row);
            foreach (var (from, to) in Pieces)
            {
                if (position >= from && position < to) return Start + row < End;
            }

            return false;
        }

        private IEnumerable<(long From, long To)> Ranges()
        {
            foreach (var (from, to) in Pieces)
            {
                var (first, behind) = (Math.Max(from, Start), Math.Min(to, End));
                if (first < behind) yield return (first - Start, behind == long.MaxValue ? behind : behind - Start);
            }
        }
    }

    private sealed record Read(SliceKind Slice, IReadOnlyList<SourcePart> Parts)
    {
        public IEnumerable<string> Paths => Parts.SelectMany(part => part.Files).Select(file => file.Path);
    }

    /// <summary>Determines which paths are the same file: equal after resolving links, or with equal bytes. Only files of equal size are read.</summary>
    private sealed class Fingerprints
    {
        private readonly Dictionary<string, string> _ids = new(StringComparer.Ordinal);

        public Fingerprints(IReadOnlyList<Read> train, IReadOnlyList<Read> heldOut)
        {
            var left = train.SelectMany(read => read.Paths).ToHashSet(StringComparer.Ordinal);
            var right = heldOut.SelectMany(read => read.Paths).ToHashSet(StringComparer.Ordinal);
            if (left.Count == 0 || right.Count == 0) return;

            foreach (var path in left.Union(right)) _ids[path] = FileIdentity.Of(path);

            // The same file on both sides is recognised without reading it.
            foreach (var group in _ids.Keys.GroupBy(SizeOf).Where(group => group.Key > 0).ToList())
            {
                List<string> paths = [.. group];
                if (paths.Exists(left.Contains) && paths.Exists(right.Contains) && paths.Select(path => _ids[path]).Distinct(StringComparer.Ordinal).Skip(1).Any())
                    paths.ForEach(path => _ids[path] = HashOf(path) ?? _ids[path]);
            }
        }

        public string Of(string path) => _ids[path];

        public bool Share(Read train, Read heldOut) => train.Paths.Select(Of).Intersect(heldOut.Paths.Select(Of), StringComparer.Ordinal).Any();

        private static long SizeOf(string path) => new FileInfo(path) is { Exists: true } file ? file.ResolveLinkTarget(returnFinalTarget: true) is FileInfo target ? target.Length : file.Length : -1;

        private static string? HashOf(string path)
        {
            try
            {
                using var stream = new InputFile(new SourceFile(path, path));
                var hash = new XxHash128();
                hash.Append(stream);
                return Convert.ToHexStringLower(hash.GetCurrentHash());
            }
            catch (Exception exception) when (exception is DiagnosticException or IOException)
            {
                // An unreadable file fails when its rows are read, with the reason.
                return null;
            }
        }
    }
}
