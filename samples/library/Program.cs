using InstructKit.Building;
using InstructKit.Building.Plans;
using InstructKit.Building.Selection;
using InstructKit.Diagnostics;
using InstructKit.Templating;
using InstructKit.Templating.Settings;

// usage: library CATALOGUE DATA OUT, such as: library ../../templates/flan ../data /tmp/out
if (args is not [var catalogue, var data, var output])
{
    Console.Error.WriteLine("usage: library CATALOGUE DATA OUT");
    return 2;
}

// A template alone: what it needs of a row.
var template = Template.Parse(SourceText.FromText("greeting", "Dear {{ name }}, you have {{ items | length }} items."), TemplateOptions.For(Dialect.Jinja));
Console.WriteLine($"The template uses {string.Join(" and ", template.UndeclaredNames)}.");

// A dataset: one cluster held out, one task trained on.
var plan = new BuildPlan { Data = [data], Tasks = ["rte", "sst2"], HoldOut = ["natural_language_inference"], Out = output, Force = true };
var registry = TaskRegistry.Open(catalogue, plan.TaskFolders);
var report = DatasetBuilder.Run(PlanResolver.Resolve(plan, registry), observer: null, CancellationToken.None);
foreach (var file in report.Outputs) Console.WriteLine($"{file.Path}: {file.Rows} examples, {file.Sha256[..12]}");

return 0;
