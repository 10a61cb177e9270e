using System.Security.Cryptography;
using InstructKit.Building;
using InstructKit.Building.Plans;
using InstructKit.Building.Selection;
using InstructKit.Sinks;
using InstructKit.Sources.Files;
using Xunit;

namespace InstructKit.Tests.Building;

/// <summary>The output folder after a build failed or was killed at any step that changes the disk, and after repeating the command.</summary>
public sealed class PublishingTests : IDisposable
{
    private readonly ScratchFolder _scratch = new();

    public PublishingTests()
    {
        ToyTask.WriteCatalogue(_scratch);
        ToyTask.WriteData(_scratch, "colour", 20, 9);
        ToyTask.WriteData(_scratch, "size", 23, 8);
    }

    private string Out => _scratch.At("out");

    // Several shards, and a reject file.
    private BuildPlan Plan => new() { Data = [_scratch.At("data")], Out = Out, HoldOut = ["colours"], Jobs = 1, ShardBytes = 2500, ShuffleMemory = 1 };

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_step_that_fails_leaves_nothing_of_a_first_build_and_the_earlier_one_whole(bool hasEarlier)
    {
        var (earlier, expected) = Expect(hasEarlier);
        var steps = 0;
        for (var n = 1; ; n++)
        {
            bool failed;
            using (var faults = new DiskFaults(_scratch.Path, n, lasting: false))
            {
                failed = Fails(Next(hasEarlier));
                if (!faults.HasStruck) break;
            }

            steps++;
            if (failed) Assert.Equal(earlier, Snapshot());
            else Assert.Equal(expected, Snapshot()); // a step of the clean-up, which must not cause a failure

            if (!failed) Restart(hasEarlier);
        }

        Assert.True(steps > 30, $"only {steps} steps were tried");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void After_a_kill_at_any_step_the_same_command_gives_the_new_build_and_a_refused_one_keeps_the_earlier(bool hasEarlier)
    {
        var (earlier, expected) = Expect(hasEarlier);
        for (var n = 1; ; n++)
        {
            using (var faults = new DiskFaults(_scratch.Path, n, lasting: true))
            {
                Fails(Next(hasEarlier));
                if (!faults.HasStruck) break;
            }

            // The next command cleans up the folder before anything else, even if its own work fails.
            Assert.True(Fails(Next(hasEarlier), cancelled: true));

            var left = Snapshot();
            Assert.True(left == earlier || left == expected, $"after a kill at step {n}:\n{left}");

            ToyTask.Build(_scratch, Next(hasEarlier));
            Assert.Equal(expected, Snapshot());
            Restart(hasEarlier);
        }
    }

    [Fact]
    public void Files_of_others_stay()
    {
        ToyTask.Build(_scratch, Plan);
        _scratch.Write("out/data/notes.txt", "mine");
        _scratch.Write("out/.instructkit/notes.txt", "mine, too");
        _scratch.Write("out/data/.draft.tmp", "and mine");
        ToyTask.Build(_scratch, Plan with { Force = true, ShardBytes = null });
        Assert.Equal("mine", File.ReadAllText(_scratch.At("out", "data", "notes.txt")));
        Assert.Equal("mine, too", File.ReadAllText(_scratch.At("out", ".instructkit", "notes.txt")));
        Assert.Equal("and mine", File.ReadAllText(_scratch.At("out", "data", ".draft.tmp")));
        Assert.Equal(["held_out-00000-of-00001.jsonl", "held_out_validation-00000-of-00001.jsonl", "train-00000-of-00001.jsonl", "validation-00000-of-00001.jsonl"], Shards());
    }

    [Fact]
    public void A_file_of_others_with_the_name_of_a_new_one_is_refused()
    {
        ToyTask.Build(_scratch, Plan);
        _scratch.Write("out/data/train-00000-of-00001.jsonl", "mine");
        var before = Snapshot();
        var error = Assert.Throws<DiagnosticException>(() => ToyTask.Build(_scratch, Plan with { Force = true, ShardBytes = null })).Diagnostics.Single();
        Assert.Equal(SinkCodes.FolderNotEmpty, error.Code);
        Assert.Contains("'data/train-00000-of-00001.jsonl'", error.Message, StringComparison.Ordinal);
        Assert.Equal(before, Snapshot());
    }

    [Theory]
    [InlineData("../secret")]
    [InlineData("data/../../secret")]
    [InlineData("/etc/hostname")]
    public void A_manifest_cannot_make_a_build_take_files_elsewhere(string path)
    {
        ToyTask.Build(_scratch, Plan);
        var secret = _scratch.Write("secret", "keep");
        var manifest = _scratch.At("out", ".instructkit", "manifest.json");
        File.WriteAllText(manifest, File.ReadAllText(manifest).Replace("\"data/train-00000", $"\"{path}\", \"was\": \"data/train-00000", StringComparison.Ordinal));
        Fails(Plan with { Force = true });
        Assert.Equal("keep", File.ReadAllText(_scratch.At("secret")));
    }

    [Fact]
    public void A_journal_cannot_make_a_build_take_files_elsewhere()
    {
        _scratch.Write("secret", "keep");
        _scratch.Write("out/.instructkit/journal", "instructkit journal 1\n+ ../secret\n");
        var error = Assert.Throws<DiagnosticException>(() => ToyTask.Build(_scratch, Plan)).Diagnostics.Single();
        Assert.Equal(SinkCodes.FolderUnwritable, error.Code);
        Assert.Equal("keep", File.ReadAllText(_scratch.At("secret")));
    }

    [Fact]
    public void A_folder_has_one_builder()
    {
        using (OutputFolder.Prepare(Out, force: false))
        {
            foreach (var force in new[] { false, true })
            {
                var error = Assert.Throws<DiagnosticException>(() => ToyTask.Build(_scratch, Plan with { Force = force })).Diagnostics.Single();
                Assert.Equal("IK4006", error.Code);
                Assert.Equal($"Another process is building in '{Out}'.", error.Message);
                Assert.Equal(75, InstructKit.Cli.Hosting.ExitCode.Of(error.Code));
            }
        }

        Assert.False(Path.Exists(Out));
        ToyTask.Build(_scratch, Plan);
    }

    [Fact]
    public void An_output_folder_may_be_named_through_a_folder_that_is_not_there()
    {
        ToyTask.Build(_scratch, Plan with { Out = _scratch.At("gone/../out") });
        Assert.False(Path.Exists(_scratch.At("gone")));
        Assert.NotEmpty(Shards());
    }

    [Fact]
    public void An_output_folder_that_is_a_link_to_nothing_is_named_as_such()
    {
        File.CreateSymbolicLink(_scratch.At("link"), "nowhere");
        var found = Assert.Throws<DiagnosticException>(() => ToyTask.Build(_scratch, Plan with { Out = _scratch.At("link") })).Diagnostics.Single();
        Assert.Contains("a link whose target does not exist", found.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_finished_shard_is_closed()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "open files are counted in /proc");
        var most = 0;
        ToyTask.WriteData(_scratch, "size", 200, 8);
        using (new DiskFaults(_scratch.Path, (step, _) =>
        {
            if (step == DiskStep.Open) most = Math.Max(most, Directory.GetFileSystemEntries("/proc/self/fd").Count(Leads));
        }))
        {
            ToyTask.Build(_scratch, Plan with { ShardBytes = 1, Shuffle = false });
        }

        Assert.True(Shards().Length > 150);
        Assert.InRange(most, 1, 40); // a few for each of the four splits

        bool Leads(string link)
        {
            try
            {
                return new FileInfo(link).LinkTarget?.StartsWith(_scratch.Path, StringComparison.Ordinal) == true;
            }
            catch (IOException)
            {
                return false;
            }
        }
    }

    [Fact]
    public void A_source_that_is_replaced_while_it_is_read_fails_the_build()
    {
        var isReplaced = false;
        using (new DiskFaults(_scratch.Path, (step, name) =>
        {
            // The reject file is created with the first row without a label, which is while its source is read.
            if (isReplaced || step != DiskStep.Open || !name.Contains("rejects", StringComparison.Ordinal)) return;

            isReplaced = true;
            foreach (var path in Directory.GetFiles(_scratch.At("data"), "*.jsonl", SearchOption.AllDirectories))
            {
                File.Copy(path, path + ".new");
                File.Move(path + ".new", path, overwrite: true);
            }
        }))
        {
            var error = Assert.Throws<DiagnosticException>(() => ToyTask.Build(_scratch, Plan)).Diagnostics[0];
            Assert.Equal("IK3024", error.Code);
            Assert.Contains(".jsonl", error.Message, StringComparison.Ordinal);
        }

        Assert.True(isReplaced);
        Assert.False(Path.Exists(Out));
    }

    private BuildPlan Next(bool hasEarlier) => Plan with { Seed = 2, Force = hasEarlier };

    private (string Earlier, string Expected) Expect(bool hasEarlier)
    {
        ToyTask.Build(_scratch, Next(hasEarlier));
        var expected = Snapshot();
        Restart(hasEarlier);
        return (Snapshot(), expected);
    }

    private void Restart(bool hasEarlier)
    {
        if (Directory.Exists(Out)) Directory.Delete(Out, recursive: true);
        if (hasEarlier) ToyTask.Build(_scratch, Plan with { ShardBytes = 1000 });
    }

    private bool Fails(BuildPlan plan, bool cancelled = false)
    {
        try
        {
            DatasetBuilder.Run(PlanResolver.Resolve(plan, TaskRegistry.Open(_scratch.At("catalogue"), plan.TaskFolders)), null, cancelled ? new CancellationToken(canceled: true) : TestContext.Current.CancellationToken);
            return false;
        }
        catch (Exception exception) when (exception is DiagnosticException or IOException or OperationCanceledException)
        {
            return true;
        }
    }

    private string[] Shards() => [.. Directory.GetFiles(_scratch.At("out", "data"), "*.jsonl").Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];

    // Names and hashes of the actual output: everything except what a killed build leaves for the next one.
    private string Snapshot()
    {
        if (!Directory.Exists(Out)) return string.Empty;

        var files = Directory.GetFiles(Out, "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(Out, path).Replace('\\', '/'))
            .Where(path => path is not ".instructkit/lock" && !path.StartsWith(".instructkit/staging", StringComparison.Ordinal) && !path.StartsWith(".instructkit/replaced", StringComparison.Ordinal));
        return string.Join('\n', files.Order(StringComparer.Ordinal).Select(path => $"{path} {Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(Path.Combine(Out, path))))}"));
    }
}

/// <summary>Makes steps that change the disk fail below one folder, so that parallel tests are not disturbed.</summary>
internal sealed class DiskFaults : IDisposable
{
    private readonly Action<DiskStep, string> _strike;

    /// <summary>Fails the n-th step; with <paramref name="lasting"/> all after it, too, clean-up included, like after a kill.</summary>
    internal DiskFaults(string folder, int n, bool lasting)
    {
        var count = 0;
        _strike = (step, path) =>
        {
            if (!path.StartsWith(folder, StringComparison.Ordinal)) return;

            // For the next command, a kill before a write is like one before the following rename.
            if (lasting && !HasStruck && step is not (DiskStep.Rename or DiskStep.MakeFolder or DiskStep.Delete)) return;

            var now = Interlocked.Increment(ref count);
            if (now < n || (now > n && !lasting)) return;

            HasStruck = true;
            throw new IOException($"No space left on device : '{path}'");
        };
        Durable.Faults += _strike;
    }

    internal DiskFaults(string folder, Action<DiskStep, string> watch)
    {
        _strike = (step, path) =>
        {
            if (path.StartsWith(folder, StringComparison.Ordinal)) watch(step, path);
        };
        Durable.Faults += _strike;
    }

    /// <summary>True when a step was made to fail.</summary>
    public bool HasStruck { get; private set; }

    /// <inheritdoc/>
    public void Dispose() => Durable.Faults -= _strike;
}
