using System.CommandLine;
using InstructKit.Cells;
using InstructKit.Sources;

namespace InstructKit.Cli.Options;

/// <summary>Input errors to repair or reject, whatever plan and task files say; messages about such an error name its option.</summary>
internal sealed class RepairOptions
{
    private readonly IReadOnlyList<(InputRepairs Repair, Option<string?> Option)> _options =
    [
        .. RepairChoices.Table.Select(row => (row.Repair, OptionFactory.Choice($"--{row.Key.Replace('_', '-')}", row.Help, RepairChoices.RejectWord, row.Word))),
    ];

    /// <summary>All of them.</summary>
    public IReadOnlyList<Option> All => [.. _options.Select(one => one.Option)];

    /// <summary>What the options choose; what they do not set is left open.</summary>
    public RepairChoices Read(ParseResult parsed) => _options.Aggregate(
        default(RepairChoices), (choices, one) => choices.With(one.Repair, parsed.GetValue(one.Option) is { } word ? word != RepairChoices.RejectWord : null));
}
